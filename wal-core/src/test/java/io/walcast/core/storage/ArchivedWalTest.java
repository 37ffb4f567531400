// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.core.wal.WalBuilder;
import io.walcast.core.wal.WalVersion;
import io.walcast.ipc.Cancellation.Registration;
import io.walcast.ipc.Latch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchivedWalTest {
    private static final SegmentSize SIZE = WalBuilder.SIZE;
    private static final TimelineId SECOND = new TimelineId(2);
    private static final TimelineId THIRD = new TimelineId(3);

    @TempDir
    private Path directory;

    @TempDir
    private Path temporary;

    private final WalBuilder wal = new WalBuilder(WalVersion.V17);
    private final List<String> warnings = new ArrayList<>();
    private ArchivedWal served;

    @BeforeEach
    void fill() {
        for (int i = 0; i < 50; i++) {
            wal.noop(100_000);
        }
        served = ArchivedWal.open(directory, ArchivedWalOptions.of(temporary).withWarnings(warnings::add));
    }

    @Test
    void anEmptyDirectoryHasNoPosition() {
        assertThat(served.poll()).isFalse();
        assertThat(served.position()).isNull();
        assertThat(served.oldestSegment()).isEmpty();
    }

    @Test
    void goesUpToTheEndOfTheNewestSegmentThatHasStoppedGrowing() throws IOException {
        archive(1, 2, 3);

        assertThat(served.poll()).isTrue();
        assertThat(served.position()).isEqualTo(upto(TimelineId.FIRST, 2));
        assertThat(served.poll()).isTrue();
        assertThat(served.poll()).isFalse();
        assertThat(served.position()).isEqualTo(upto(TimelineId.FIRST, 3));
        assertThat(served.systemIdentifier()).isEqualTo(WalBuilder.SYSTEM);
        assertThat(served.segmentSize()).isEqualTo(SIZE);
        assertThat(served.majorVersion()).isEqualTo(17);
        assertThat(served.oldestSegment()).hasValue(1L);
        assertThat(read(TimelineId.FIRST, 2)).isEqualTo(segment(2));
        assertThat(warnings).isEmpty();
    }

    @Test
    void newSegmentsAreNoticedAndTold() throws IOException {
        archive(1);
        settle();
        Latch latch = new Latch();
        try (Registration waiter = served.wakeOnChange(latch)) {
            assertThat(waiter).isNotNull();
            archive(2, 3, 4);
            served.poll();
            assertThat(latch.isSet()).isFalse();
            served.poll();
        }

        assertThat(latch.isSet()).isTrue();
        settle();
        assertThat(served.position()).isEqualTo(upto(TimelineId.FIRST, 4));
    }

    @Test
    void aGapIsNotPassedOver() throws IOException {
        archive(1);
        settle();
        archive(3, 4);
        settle();
        assertThat(served.position()).isEqualTo(upto(TimelineId.FIRST, 1));

        archive(2);
        settle();

        assertThat(served.position()).isEqualTo(upto(TimelineId.FIRST, 4));
    }

    @Test
    void whatIsBeforeAGapAtTheBeginningIsNotCounted() throws IOException {
        archive(1, 3, 4);
        settle();

        assertThat(served.position()).isEqualTo(upto(TimelineId.FIRST, 4));
        assertThat(served.oldestSegment()).hasValue(3L);
    }

    @Test
    void aFileBeingCopiedIsNotOfferedBeforeItIsWhole() throws IOException {
        archive(1);
        settle();
        Path file = directory.resolve(name(TimelineId.FIRST, 2));
        for (int length : new int[] {0, 1000, 500_000, SIZE.bytes() - 1}) {
            Files.write(file, Arrays.copyOf(segment(2), length));
            served.poll();
            assertThat(served.position()).isEqualTo(upto(TimelineId.FIRST, 1));
        }
        assertThat(warnings).isEmpty();
        Files.write(file, segment(2));
        settle();

        assertThat(served.position()).isEqualTo(upto(TimelineId.FIRST, 2));
    }

    @Test
    void aFileOfAnotherSizeIsSkippedWithOneWarning() throws IOException {
        archive(1);
        Files.write(directory.resolve(name(TimelineId.FIRST, 2)), new byte[2 << 20]);
        settle();
        settle();

        assertThat(served.position()).isEqualTo(upto(TimelineId.FIRST, 1));
        assertThat(warnings)
                .containsExactly("segment file \"000000010000000000000002\" has incorrect size 2097152, skipping");
    }

    @Test
    void aDamagedSegmentIsSkippedWithAWarningAndTakenWhenItWasMended() throws IOException {
        archive(1, 3);
        byte[] damaged = segment(2);
        damaged[8] ^= 1;
        Files.write(directory.resolve(name(TimelineId.FIRST, 2)), damaged);
        served.poll();
        settle();
        assertThat(served.position()).isEqualTo(upto(TimelineId.FIRST, 3));
        assertThatThrownBy(() -> served.open(TimelineId.FIRST, 2))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlState.DATA_CORRUPTED));
        assertThat(warnings).hasSize(1);
        archive(2);

        assertThat(read(TimelineId.FIRST, 2)).isEqualTo(segment(2));
    }

    @Test
    void segmentsOfAnotherClusterAreNotOffered() throws IOException {
        archive(1);
        settle();
        byte[] foreign = segment(2);
        foreign[24] ^= 1;
        Files.write(directory.resolve(name(TimelineId.FIRST, 2)), foreign);
        settle();

        assertThat(served.position()).isEqualTo(upto(TimelineId.FIRST, 1));
        assertThat(warnings).hasSize(1);
    }

    @Test
    void compressedSegmentsAreServedAndLeaveNothingBehind() throws IOException {
        Files.write(directory.resolve(name(TimelineId.FIRST, 1) + ".gz"), gzip(segment(1)));
        Files.write(directory.resolve(name(TimelineId.FIRST, 2) + ".gz"), gzip(segment(2)));
        archive(3);
        settle();

        assertThat(served.position()).isEqualTo(upto(TimelineId.FIRST, 3));
        assertThat(served.oldestSegment()).hasValue(1L);
        assertThat(read(TimelineId.FIRST, 2)).isEqualTo(segment(2));
        try (ServedSegment segment = served.open(TimelineId.FIRST, 1)) {
            assertThat(segment.isTemporary()).isTrue();
            assertThat(segment.channel()).isNotNull();
            assertThat(names(temporary)).isEmpty();
        }
        assertThat(names(directory)).hasSize(3);
    }

    @Test
    void compressedSegmentsAloneTellTheClusterToo() throws IOException {
        Files.write(directory.resolve(name(TimelineId.FIRST, 1) + ".gz"), gzip(segment(1)));
        served.poll();
        settle();

        assertThat(served.position()).isEqualTo(upto(TimelineId.FIRST, 1));
        assertThat(served.systemIdentifier()).isEqualTo(WalBuilder.SYSTEM);
    }

    @Test
    void damagedCompressedSegmentsAreNotServed() throws IOException {
        archive(1);
        settle();
        byte[] whole = gzip(segment(2));
        byte[] flipped = whole.clone();
        flipped[whole.length / 2] ^= 0x10;
        Path file = directory.resolve(name(TimelineId.FIRST, 2) + ".gz");
        List<byte[]> bad = List.of(
                new byte[0],
                Arrays.copyOf(whole, whole.length - 1),
                Arrays.copyOf(whole, whole.length / 2),
                flipped,
                gzip(Arrays.copyOf(segment(2), SIZE.bytes() - 1)),
                gzip(Arrays.copyOf(segment(2), SIZE.bytes() + 1)),
                gzip(segment(3)));
        for (byte[] content : bad) {
            Files.write(file, content);
            settle();
            assertThat(served.position()).isEqualTo(upto(TimelineId.FIRST, 1));
            assertThatThrownBy(() -> served.open(TimelineId.FIRST, 2))
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.sqlState()).isEqualTo(SqlState.DATA_CORRUPTED));
        }
        assertThat(names(temporary)).isEmpty();
        Files.write(file, whole);
        for (int i = 0; i < 40; i++) {
            served.poll();
        }

        assertThat(served.position()).isEqualTo(upto(TimelineId.FIRST, 2));
    }

    @Test
    void aSegmentThatWasMovedAwayIsRemoved() throws IOException {
        archive(1, 2);
        settle();
        Files.delete(directory.resolve(name(TimelineId.FIRST, 1)));

        assertThatThrownBy(() -> served.open(TimelineId.FIRST, 1))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlState.UNDEFINED_FILE))
                .hasMessage("requested WAL segment 000000010000000000000001 has already been removed");
        assertThat(served.oldestSegment()).hasValue(2L);
    }

    @Test
    void aNewTimelineIsFollowedWhenItsHistoryIsThere() throws IOException {
        archive(1, 2);
        Files.write(directory.resolve("000000010000000000000003.partial"), segment(3));
        settle();
        archive(SECOND, 3);
        settle();
        assertThat(served.position()).isEqualTo(upto(TimelineId.FIRST, 2));

        byte[] history = history(TimelineId.FIRST, SIZE.start(3).plus(1000));
        Files.write(directory.resolve("00000002.history"), history);
        settle();

        assertThat(served.position()).isEqualTo(upto(SECOND, 3));
        assertThat(served.history(SECOND)).hasValue(history);
        assertThat(served.history(THIRD)).isEmpty();
        assertThat(served.oldestSegment()).hasValue(1L);
        archive(SECOND, 4);
        settle();
        assertThat(served.position()).isEqualTo(upto(SECOND, 4));
    }

    @Test
    void aTimelineThatBeganBeforeTheEndOfItsParentIsFollowed() throws IOException {
        archive(1, 2, 3);
        settle();
        Files.write(
                directory.resolve("00000002.history.gz"),
                gzip(history(TimelineId.FIRST, SIZE.start(2).plus(1))));
        archive(SECOND, 2);
        settle();

        assertThat(served.position()).isEqualTo(upto(SECOND, 2));
    }

    @Test
    void twoPromotionsInOneSegmentAreFollowed() throws IOException {
        archive(1, 2);
        settle();
        Files.write(
                directory.resolve("00000002.history"),
                history(TimelineId.FIRST, SIZE.start(3).plus(1000)));
        String third = new String(history(TimelineId.FIRST, SIZE.start(3).plus(1000)), US_ASCII)
                + new String(history(SECOND, SIZE.start(3).plus(2000)), US_ASCII);
        Files.write(directory.resolve("00000003.history"), third.getBytes(US_ASCII));
        archive(THIRD, 3);
        settle();

        assertThat(served.position()).isEqualTo(upto(THIRD, 3));
    }

    @Test
    void aTimelineThatIsNoDescendantIsNotFollowed() throws IOException {
        Files.write(directory.resolve("00000002.history"), history(TimelineId.FIRST, SIZE.start(2)));
        archive(1);
        archive(SECOND, 2);
        settle();
        assertThat(served.position()).isEqualTo(upto(SECOND, 2));
        Files.write(directory.resolve("00000003.history"), history(TimelineId.FIRST, SIZE.start(3)));
        archive(THIRD, 3);
        settle();

        assertThat(served.position()).isEqualTo(upto(SECOND, 2));
    }

    @Test
    void othersFilesAreLeftAlone() throws IOException {
        archive(1);
        Files.write(directory.resolve("000000010000000000000002.partial"), segment(2));
        Files.write(directory.resolve("000000010000000000000002.00000028.backup"), new byte[10]);
        Files.createDirectory(directory.resolve("archive_status"));
        Files.createSymbolicLink(directory.resolve(name(TimelineId.FIRST, 3)), directory.resolve("nothing"));
        List<String> before = names(directory);
        settle();
        settle();

        assertThat(served.position()).isEqualTo(upto(TimelineId.FIRST, 1));
        assertThat(names(directory)).isEqualTo(before);
    }

    private void settle() {
        for (int i = 0; i < 8; i++) {
            served.poll();
        }
    }

    private void archive(int... segments) throws IOException {
        for (int segment : segments) {
            archive(TimelineId.FIRST, segment);
        }
    }

    private void archive(TimelineId timeline, int segment) throws IOException {
        Files.write(directory.resolve(name(timeline, segment)), segment(segment));
    }

    private byte[] segment(int number) {
        byte[] bytes = new byte[SIZE.bytes() + 1];
        wal.at(SIZE.start(number)).get(bytes);
        return Arrays.copyOf(bytes, SIZE.bytes());
    }

    private byte[] read(TimelineId timeline, int segment) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(SIZE.bytes());
        try (ServedSegment open = served.open(timeline, segment)) {
            assertThat(open.read(into, 0)).isEqualTo(SIZE.bytes());
        }
        return into.array();
    }

    private static String name(TimelineId timeline, int segment) {
        return "%08X%08X%08X".formatted(timeline.value(), 0, segment);
    }

    private static ServedPosition upto(TimelineId timeline, int segment) {
        return new ServedPosition(timeline, SIZE.start(segment + 1));
    }

    private static byte[] history(TimelineId parent, Lsn fork) {
        return (parent + "\t" + fork + "\tno recovery target specified\n").getBytes(US_ASCII);
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(compressed)) {
            out.write(content);
        }
        return compressed.toByteArray();
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
