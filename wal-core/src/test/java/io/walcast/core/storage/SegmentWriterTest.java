// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.SqlState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentWriterTest {
    private static final int SEGMENT = TestWal.SIZE.bytes();
    private static final Lsn START = new Lsn(5L * SEGMENT);

    @TempDir
    private Path directory;

    @Test
    void finishesSegmentsInOrderAndLeavesTheLastOneUnfinished() throws IOException {
        try (WalDirectory wal = open();
                SegmentWriter writer = wal.openSegments(TestWal.SIZE, TimelineId.FIRST, START)) {
            append(writer, 2 * SEGMENT + 1000);

            assertThat(writer.written()).isEqualTo(START.plus(2 * SEGMENT + 1000));
            assertThat(writer.flushed()).isEqualTo(START);
            assertThat(TestWal.names(directory)).containsExactly("000000010000000000000005.partial");
            assertThat(writer.flush()).isEqualTo(writer.written());
        }

        assertThat(TestWal.names(directory))
                .containsExactly(
                        "000000010000000000000005", "000000010000000000000006", "000000010000000000000007.partial");
        assertContent("000000010000000000000005", START, SEGMENT);
        assertContent("000000010000000000000006", START.plus(SEGMENT), SEGMENT);
        assertContent("000000010000000000000007.partial", START.plus(2L * SEGMENT), 1000);
        assertThat(directory.resolve(".walcast")).isDirectoryContaining("glob:**/lock");
        assertThat(TestWal.names(directory.resolve(".walcast"))).containsExactly("lock");
    }

    @Test
    void goesOnInAnUnfinishedSegmentFromItsStart() throws IOException {
        try (WalDirectory wal = open();
                SegmentWriter writer = wal.openSegments(TestWal.SIZE, TimelineId.FIRST, START)) {
            append(writer, 70_000);
        }

        try (WalDirectory wal = open()) {
            assertThat(wal.streamStart(TestWal.SIZE)).contains(new StreamStart(TimelineId.FIRST, START));
            assertThat(wal.storedEnd(TimelineId.FIRST, TestWal.SIZE)).isEqualTo(START.plus(70_000));
            assertThat(wal.systemIdentifier()).contains(new SystemIdentifier(TestWal.SYSTEM_IDENTIFIER));
            assertThat(wal.segmentSize()).contains(TestWal.SIZE);
            try (SegmentWriter writer = wal.openSegments(TestWal.SIZE, TimelineId.FIRST, START)) {
                append(writer, 100_000);
                append(writer, SEGMENT - 100_000);
            }
            assertThat(wal.streamStart(TestWal.SIZE)).contains(new StreamStart(TimelineId.FIRST, START.plus(SEGMENT)));
        }
        assertContent("000000010000000000000005", START, SEGMENT);
    }

    @Test
    void refusesBytesThatContradictTheStoredOnesAndKeepsThem() throws IOException {
        try (WalDirectory wal = open();
                SegmentWriter writer = wal.openSegments(TestWal.SIZE, TimelineId.FIRST, START)) {
            append(writer, 70_000);
        }
        byte[] before = Files.readAllBytes(directory.resolve("000000010000000000000005.partial"));
        ByteBuffer other = TestWal.bytes(START, 80_000);
        other.put(66_000, (byte) ~other.get(66_000));

        try (WalDirectory wal = open();
                SegmentWriter writer = wal.openSegments(TestWal.SIZE, TimelineId.FIRST, START)) {
            assertThatThrownBy(() -> writer.append(other))
                    .isInstanceOfSatisfying(
                            RefusedException.class,
                            e -> assertThat(e.sqlState()).isEqualTo(SqlState.PROTOCOL_VIOLATION))
                    .hasMessage("WAL overlap; stored bytes differ: possible timeline fork at " + START.plus(66_000));
        }

        assertThat(directory.resolve("000000010000000000000005.partial")).hasBinaryContent(before);
    }

    @Test
    void fillsWhatACrashTurnedIntoZeros() throws IOException {
        try (WalDirectory wal = open();
                SegmentWriter writer = wal.openSegments(TestWal.SIZE, TimelineId.FIRST, START)) {
            append(writer, 200_000);
        }
        Path partial = directory.resolve("000000010000000000000005.partial");
        byte[] torn = Files.readAllBytes(partial);
        Arrays.fill(torn, 512, 1024, (byte) 0);
        Arrays.fill(torn, 65_024, 66_048, (byte) 0);
        Arrays.fill(torn, 120_000, 120_001, (byte) 0);
        Files.write(partial, torn);

        try (WalDirectory wal = open();
                SegmentWriter writer = wal.openSegments(TestWal.SIZE, TimelineId.FIRST, START)) {
            append(writer, 333);
            append(writer, 149_667);
            append(writer, 60_000);
        }

        assertContent("000000010000000000000005.partial", START, 210_000);
    }

    @Test
    void usesTheSegmentPreparedBeforehand() throws IOException {
        try (WalDirectory wal = open();
                SegmentWriter writer = wal.openSegments(TestWal.SIZE, TimelineId.FIRST, START)) {
            append(writer, SEGMENT / 2);
            assertThat(writer.wantsPrepare()).isFalse();
            append(writer, 1);
            assertThat(writer.wantsPrepare()).isTrue();
            writer.prepareNext();
            assertThat(writer.wantsPrepare()).isFalse();
            assertThat(TestWal.names(directory.resolve(".walcast"))).contains("000000010000000000000006.tmp");

            append(writer, SEGMENT);
            writer.flush();

            assertThat(TestWal.names(directory))
                    .containsExactly("000000010000000000000005", "000000010000000000000006.partial");
        }
        assertContent("000000010000000000000006.partial", START.plus(SEGMENT), SEGMENT / 2 + 1);
    }

    @Test
    void keepsAFinishedSegmentAsItIsAndComparesIt() throws IOException {
        try (WalDirectory wal = open();
                SegmentWriter writer = wal.openSegments(TestWal.SIZE, TimelineId.FIRST, START)) {
            append(writer, SEGMENT + 10);
        }

        try (WalDirectory wal = open();
                SegmentWriter writer = wal.openSegments(TestWal.SIZE, TimelineId.FIRST, START)) {
            append(writer, SEGMENT + 20);
            assertThat(writer.flush()).isEqualTo(START.plus(SEGMENT + 20));
        }

        assertContent("000000010000000000000005", START, SEGMENT);
        assertContent("000000010000000000000006.partial", START.plus(SEGMENT), 20);
    }

    @Test
    void comparesAnOverlapWithWhatItWrote() throws IOException {
        try (WalDirectory wal = open();
                SegmentWriter writer = wal.openSegments(TestWal.SIZE, TimelineId.FIRST, START)) {
            append(writer, 2 * SEGMENT);
            writer.flush();
            append(writer, SEGMENT + 1000);
            Lsn at = START.plus(SEGMENT - 500);
            ByteBuffer same = TestWal.bytes(at, 2 * SEGMENT + 2000);
            ByteBuffer beyond = same.duplicate().put(2 * SEGMENT + 1500, (byte) ~same.get(2 * SEGMENT + 1500));
            ByteBuffer other = TestWal.bytes(at, 2 * SEGMENT + 2000);
            other.put(700, (byte) ~other.get(700));

            writer.requireSame(at, same);
            writer.requireSame(at, beyond);
            assertThat(same.position()).isZero();
            assertThatThrownBy(() -> writer.requireSame(at, other))
                    .isInstanceOf(RefusedException.class)
                    .hasMessage("WAL overlap; stored bytes differ: possible timeline fork at " + at.plus(700));
            Files.delete(directory.resolve("000000010000000000000006"));
            writer.requireSame(at, other);
            assertThat(writer.append(TestWal.bytes(writer.position(), 10))).isTrue();
        }
    }

    private WalDirectory open() {
        return WalDirectory.open(directory, WalDirectoryOptions.DEFAULTS);
    }

    private static void append(SegmentWriter writer, int bytes) {
        ByteBuffer payload = TestWal.bytes(writer.position(), bytes);
        assertThat(writer.append(payload)).isTrue();
        assertThat(payload.hasRemaining()).isFalse();
    }

    private void assertContent(String name, Lsn start, int bytes) throws IOException {
        byte[] expected = new byte[SEGMENT];
        TestWal.bytes(start, bytes).get(expected, 0, bytes);
        assertThat(Files.readAllBytes(directory.resolve(name))).isEqualTo(expected);
    }
}
