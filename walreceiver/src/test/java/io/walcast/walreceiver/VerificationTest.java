// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import static io.walcast.walreceiver.SessionFixture.START;
import static io.walcast.walreceiver.SessionFixture.SYSTEM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.SqlState;
import io.walcast.testkit.SyntheticRecords;
import io.walcast.testkit.transport.PrimaryStream;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receiving with every record checked. */
class VerificationTest {
    private static final SegmentSize SIZE = SessionFixture.SIZE;
    private static final int BYTES = 2 * SIZE.bytes() + 300_000;
    private static final int DAMAGED = SIZE.bytes() + 100_001;
    private static final int CHUNK = 77_777;

    @TempDir
    private Path path;

    private final byte[] wal = SyntheticRecords.bytes(SYSTEM, TimelineId.FIRST, SIZE, START, BYTES, 1);

    @Test
    void receivesSoundRecordsWithoutAWord() throws Exception {
        try (SessionFixture fixture = fixture(Verification.STOP)) {
            fixture.runUntilFlushed(START.plus(BYTES));

            assertThat(fixture.warnings).isEmpty();
        }
    }

    @Test
    void stopsAtABadRecord() {
        wal[DAMAGED] ^= 1;
        try (SessionFixture fixture = fixture(Verification.STOP)) {
            assertThatThrownBy(() -> fixture.runUntilFlushed(START.plus(BYTES + 1)))
                    .rootCause()
                    .isInstanceOfSatisfying(RefusedException.class, e -> {
                        assertThat(e.sqlState()).isEqualTo(SqlState.DATA_CORRUPTED);
                        assertThat(e)
                                .hasMessageStartingWith(
                                        "verification failed: incorrect resource manager data checksum in record at 0/11")
                                .hasMessageEndingWith("file \"000000010000000000000011\"");
                    });
        }
    }

    @Test
    void warnsOfABadRecordAndGoesOn() throws Exception {
        wal[DAMAGED] ^= 1;
        try (SessionFixture fixture = fixture(Verification.WARN)) {
            fixture.runUntilFlushed(START.plus(BYTES));

            assertThat(fixture.warnings).hasSize(1).first().asString().startsWith("verification failed: incorrect");
        }
    }

    @Test
    void takesWhatItIsGivenUnlessAskedToVerify() throws Exception {
        wal[DAMAGED] ^= 1;
        try (SessionFixture fixture = fixture(Verification.NONE)) {
            fixture.runUntilFlushed(START.plus(BYTES));

            assertThat(fixture.warnings).isEmpty();
        }
    }

    @Test
    void beginsAgainWithinARecordAfterARestart() throws Exception {
        try (SessionFixture fixture = fixture(Verification.STOP)) {
            fixture.runUntilFlushed(START.plus(BYTES));
            int again = 2 * SIZE.bytes();
            fixture.primary.stream(
                    new PrimaryStream().wal(START.plus(again), Arrays.copyOfRange(wal, again, BYTES), CHUNK));
            fixture.runUntilFlushed(START.plus(BYTES));

            assertThat(fixture.warnings).isEmpty();
        }
    }

    private SessionFixture fixture(Verification verification) {
        SessionFixture fixture = new SessionFixture(path).configure(config -> config.withVerification(verification));
        fixture.primary.stream(new PrimaryStream().wal(START, wal, CHUNK));
        return fixture;
    }
}
