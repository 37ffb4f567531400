// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.SqlState;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamPageCheckTest {
    private static final int PAGE_BYTES = XLogPageHeader.PAGE_BYTES;
    private static final Lsn START = WalBuilder.START;
    private static final Lsn SECOND_PAGE = START.plus(PAGE_BYTES);

    private final WalBuilder wal = new WalBuilder(WalVersion.V17);
    private final StreamPageCheck check = new StreamPageCheck(TimelineId.of(2), WalBuilder.SIZE, WalBuilder.SYSTEM);

    @BeforeEach
    void writeTwoSegments() {
        for (int i = 0; i < 200; i++) {
            wal.noop(4000);
        }
        wal.segmentSwitch();
        wal.promote(TimelineId.of(2));
        wal.noop(20_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 23, 24, 39, 40, 4096, PAGE_BYTES, PAGE_BYTES + 1, 128 * 1024, 2 << 20})
    void passesSoundWalInPiecesOfAnySize(int bytes) {
        assertThatCode(() -> stream(START, wal.position(), bytes)).doesNotThrowAnyException();
    }

    @Test
    void leavesThePayloadAloneWhateverItsOrderAndOffset() {
        ByteBuffer payload = wal.at(START).order(ByteOrder.BIG_ENDIAN);
        payload.position(PAGE_BYTES).limit(3 * PAGE_BYTES);

        check.check(SECOND_PAGE, payload);

        assertThat(payload.position()).isEqualTo(PAGE_BYTES);
        assertThat(payload.limit()).isEqualTo(3 * PAGE_BYTES);
        assertThat(payload.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 13, 30, 5000, PAGE_BYTES, 1 << 20})
    void findsEveryFlippedByteOfAHeaderThatMatters(int bytes) {
        for (int at = 0; at < XLogPageHeader.LONG_BYTES; at++) {
            boolean matters = at < 16 || at >= XLogPageHeader.SHORT_BYTES;
            if (matters) {
                byte sound = wal.at(START).get(at);
                wal.at(START).put(at, (byte) (sound ^ 0x55));
                assertRefused(START, bytes, "");
                wal.at(START).put(at, sound);
            }
        }
        for (int at = 0; at < 16; at++) {
            byte sound = wal.at(SECOND_PAGE).get(at);
            wal.at(SECOND_PAGE).put(at, (byte) (sound ^ 0x55));
            assertRefused(START, bytes, "");
            wal.at(SECOND_PAGE).put(at, sound);
        }
    }

    @Test
    void doesNotLookAtWhatIsBetweenTheHeaders() {
        Random random = new Random(1);
        for (Lsn page = START; page.isBefore(WalBuilder.SIZE.start(2)); page = page.plus(PAGE_BYTES)) {
            byte[] noise = new byte[PAGE_BYTES - XLogPageHeader.LONG_BYTES];
            random.nextBytes(noise);
            wal.at(page).put(XLogPageHeader.LONG_BYTES, noise);
        }

        assertThatCode(() -> stream(START, wal.position(), 1000)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, PAGE_BYTES, 1 << 20})
    void refusesAPageAfterAPageOfZerosInTheSameSegment(int bytes) {
        wal.at(SECOND_PAGE).put(new byte[PAGE_BYTES]);

        assertRefused(START, bytes, "non-zero page after zero page at 0/104000");
    }

    @Test
    void refusesASegmentThatBeginsWithZeros() {
        wal.at(START).put(new byte[PAGE_BYTES]);

        assertRefused(START, 1000, "invalid magic number 0000 at 0/100000");
    }

    @Test
    void refusesAnotherVersionInTheMiddleOfAStream() {
        wal.at(SECOND_PAGE).putShort(0, (short) WalVersion.V16.magic());

        assertRefused(START, PAGE_BYTES, "WAL version changed from D116 to D113");
    }

    @Test
    void refusesATimelineBeyondTheStreamedOneAndOneThatFallsBack() {
        wal.at(SECOND_PAGE).putInt(4, 3);
        assertRefused(START, PAGE_BYTES, "unexpected timeline ID 3 while streaming timeline 2");

        wal.at(START).putInt(4, 2);
        wal.at(SECOND_PAGE).putInt(4, 1);
        assertRefused(START, PAGE_BYTES, "out-of-sequence timeline ID 1 (after 2)");
    }

    @Test
    void passesOnWhatALaterVersionWroteAndLooksOnlyAtTheVersion() {
        for (Lsn page = START; page.isBefore(WalBuilder.SIZE.start(2)); page = page.plus(PAGE_BYTES)) {
            wal.at(page).putShort(0, (short) 0xD1FF).putShort(2, (short) 0x1234);
        }

        assertThatCode(() -> stream(START, WalBuilder.SIZE.start(2), 1000)).doesNotThrowAnyException();
        assertThatThrownBy(() -> check.check(WalBuilder.SIZE.start(2), wal.at(WalBuilder.SIZE.start(2))))
                .hasMessageStartingWith("WAL version changed from D1FF to D116");
    }

    @Test
    void beginsWithTheNextPageWhenAStreamStartsWithinOne() {
        Lsn middle = START.plus(100);
        wal.at(START).put(new byte[PAGE_BYTES]);

        assertThatCode(() -> stream(middle, wal.position(), 777)).doesNotThrowAnyException();
    }

    @Test
    void allocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Lsn end = WalBuilder.SIZE.start(2);
        ByteBuffer segment = wal.at(START).limit((int) end.minus(START));
        check.check(START, segment);

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 50; i++) {
            check.check(START, segment);
        }

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1000);
    }

    private void assertRefused(Lsn from, int bytes, String problem) {
        StreamPageCheck fresh = new StreamPageCheck(TimelineId.of(2), WalBuilder.SIZE, WalBuilder.SYSTEM);
        assertThatThrownBy(() -> stream(fresh, from, wal.position(), bytes))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlState.DATA_CORRUPTED))
                .hasMessageStartingWith(problem);
    }

    private void stream(Lsn from, Lsn to, int bytes) {
        stream(check, from, to, bytes);
    }

    private void stream(StreamPageCheck checked, Lsn from, Lsn to, int bytes) {
        for (Lsn at = from; at.isBefore(to); at = at.plus(bytes)) {
            int length = (int) Math.min(bytes, to.minus(at));
            checked.check(at, wal.at(at).limit(length));
        }
    }
}
