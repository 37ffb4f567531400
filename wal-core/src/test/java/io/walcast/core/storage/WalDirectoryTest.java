// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalDirectoryTest {
    private static final int SEGMENT = TestWal.SIZE.bytes();
    private static final TimelineId SECOND = new TimelineId(2);
    private static final byte[] HISTORY = "1\t0/3000000\tno recovery target specified\n".getBytes(US_ASCII);

    @TempDir
    private Path parent;

    private final List<String> warnings = new ArrayList<>();

    @Test
    void isMadeForTheOwnerOnlyWhenThatIsWanted() throws IOException {
        Path deep = parent.resolve("a").resolve("b");

        open(deep).close();

        assertThat(permissions(deep)).isEqualTo("rwx------");
        assertThat(permissions(deep.resolve(".walcast"))).isEqualTo("rwx------");
        assertThat(permissions(deep.resolve(".walcast").resolve("lock"))).isEqualTo("rw-------");
    }

    @Test
    void isNotMadeWhenThatIsNotWanted() {
        Path missing = parent.resolve("missing");

        assertThatThrownBy(() -> WalDirectory.open(missing, WalDirectoryOptions.DEFAULTS))
                .isInstanceOf(StorageException.class)
                .hasMessage("could not open directory \"" + missing + "\": No such file or directory");
        assertThat(missing).doesNotExist();
    }

    @Test
    void filesFollowTheModeOfTheServer() throws IOException {
        try (WalDirectory wal = open(parent)) {
            wal.writeHistory(SECOND, HISTORY);
            wal.setGroupAccess(true);
            wal.writeHistory(new TimelineId(3), HISTORY);
            receive(wal, 1000);
        }
        assertThat(permissions(parent.resolve("00000002.history"))).isEqualTo("rw-------");
        assertThat(permissions(parent.resolve("00000003.history"))).isEqualTo("rw-r-----");
        assertThat(permissions(parent.resolve("000000010000000000000005.partial")))
                .isEqualTo("rw-r-----");

        open(parent).close();

        assertThat(permissions(parent.resolve("000000010000000000000005.partial")))
                .isEqualTo("rw-r-----");
    }

    @Test
    void refusesASecondOpening() {
        try (WalDirectory first = open(parent)) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> open(parent))
                        .isInstanceOfSatisfying(
                                RefusedException.class,
                                e -> assertThat(e.sqlState()).isEqualTo(SqlState.OBJECT_IN_USE))
                        .hasMessage("directory \"%s\" is in use by another receiver (this process)", first.path());
            }
        }
        open(parent).close();
    }

    @Test
    void mayBeALinkItself() throws IOException {
        Path link = Files.createSymbolicLink(parent.resolve("link"), Files.createDirectory(parent.resolve("real")));

        try (WalDirectory wal = WalDirectory.open(link, WalDirectoryOptions.DEFAULTS)) {
            receive(wal, 10);
        }

        assertThat(parent.resolve("real").resolve("000000010000000000000005.partial"))
                .exists();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "000000010000000000000005",
                "000000010000000000000005.partial",
                "000000010000000000000005.gz",
                "00000002.history",
                ".walcast"
            })
    void followsNoLinkInside(String name) throws IOException {
        Path elsewhere = Files.createDirectory(parent.resolve("elsewhere"));
        Path directory = Files.createDirectory(parent.resolve("wal"));
        Files.createSymbolicLink(directory.resolve(name), elsewhere);

        assertThatThrownBy(() -> open(directory))
                .isInstanceOfSatisfying(
                        StorageException.class,
                        e -> assertThat(e.sqlState()).isEqualTo(SqlState.INSUFFICIENT_PRIVILEGE))
                .hasMessageEndingWith("\"" + directory.resolve(name) + "\": will not follow a symbolic link");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void takesNoDirectoryForASegment() throws IOException {
        Path segment = Files.createDirectory(parent.resolve("000000010000000000000005"));

        assertThatThrownBy(() -> open(parent))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlState.WRONG_OBJECT_TYPE))
                .hasMessage("file \"" + segment + "\": not a regular file");
    }

    @Test
    void removesWhatAnEarlierProcessDidNotFinish() throws IOException {
        Files.createDirectory(parent.resolve(".walcast"));
        Files.write(parent.resolve(".walcast").resolve("000000010000000000000005.tmp"), new byte[10]);
        Files.write(parent.resolve("00000002.history.tmp"), HISTORY);

        open(parent).close();

        assertThat(TestWal.names(parent)).isEmpty();
        assertThat(TestWal.names(parent.resolve(".walcast"))).containsExactly("lock");
    }

    @Test
    void knowsNothingWhenItIsEmpty() {
        try (WalDirectory wal = open(parent)) {
            assertThat(wal.streamStart(TestWal.SIZE)).isEmpty();
            assertThat(wal.systemIdentifier()).isEmpty();
            assertThat(wal.segmentSize()).isEmpty();
            assertThat(wal.hasHistory(SECOND)).isFalse();
            assertThat(wal.readHistory(SECOND)).isEmpty();
            assertThat(wal.storedEnd(TimelineId.FIRST, TestWal.SIZE)).isEqualTo(Lsn.INVALID);
            assertThat(wal.endOfWal(TimelineId.FIRST, TestWal.SIZE)).isEqualTo(Lsn.INVALID);
        }
    }

    @Test
    void goesOnAfterTheNewestFinishedSegmentOfTheNewestTimeline() throws IOException {
        finished("000000010000000000000005");
        finished("000000010000000000000006");
        finished("000000020000000000000006");
        Files.write(parent.resolve("000000010000000000000006.partial"), new byte[SEGMENT]);

        assertThat(start()).isEqualTo("2 0/700000");
        assertThat(warnings).isEmpty();
    }

    @Test
    void goesOnInTheNewestUnfinishedSegment() throws IOException {
        finished("000000010000000000000005");
        Files.write(parent.resolve("000000010000000000000006.partial"), new byte[0]);

        assertThat(start()).isEqualTo("1 0/600000");
    }

    @Test
    void skipsFinishedSegmentsOfAWrongSize() throws IOException {
        finished("000000010000000000000005");
        Files.write(parent.resolve("000000010000000000000006"), new byte[SEGMENT - 1]);
        gzip("000000010000000000000007.gz", SEGMENT + 1);

        assertThat(start()).isEqualTo("1 0/600000");
        assertThat(warnings)
                .containsExactly(
                        "compressed segment file \"000000010000000000000007.gz\" has incorrect uncompressed size 1048577, skipping",
                        "segment file \"000000010000000000000006\" has incorrect size 1048575, skipping");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "000000010000000000000006.gz",
                "000000010000000000000006.lz4",
                "000000010000000000000006.zst",
                "000000010000000000000007.gz.partial",
                "000000010000000000000007.lz4.partial"
            })
    void knowsCompressedSegmentsByName(String name) throws IOException {
        finished("000000010000000000000005");
        gzip(name, SEGMENT);

        assertThat(start()).isEqualTo("1 0/700000");
        try (WalDirectory wal = open(parent)) {
            assertThat(wal.systemIdentifier()).contains(new SystemIdentifier(TestWal.SYSTEM_IDENTIFIER));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000001000000000000000g",
                "0000000100000000000000050",
                "000000000000000000000009",
                "00000001000000000000000a"
            })
    void ignoresNamesThatAreNone(String name) throws IOException {
        finished("000000010000000000000005");
        Files.write(parent.resolve(name), new byte[SEGMENT]);

        assertThat(start()).isEqualTo("1 0/600000");
    }

    @Test
    void ignoresTheFilesOfArchiversAndBackups() throws IOException {
        Files.createDirectory(parent.resolve("archive_status"));
        Files.write(parent.resolve("000000010000000000000009.00000028.backup"), new byte[10]);
        Files.write(parent.resolve("backup_label"), new byte[10]);

        try (WalDirectory wal = open(parent)) {
            assertThat(wal.streamStart(TestWal.SIZE)).isEmpty();
        }
        assertThat(warnings).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 12_288, (1 << 20) - 1, (1 << 20) + 1, 3 << 20, 2 << 20})
    void setsAnUnfinishedSegmentOfOddSizeAside(int size) throws IOException {
        finished("000000010000000000000005");
        byte[] odd = new byte[size];
        Arrays.fill(odd, (byte) 7);
        Files.write(parent.resolve("000000010000000000000006.partial"), odd);

        assertThat(start()).isEqualTo("1 0/600000");
        try (WalDirectory wal = open(parent);
                SegmentWriter writer = wal.openSegments(TestWal.SIZE, TimelineId.FIRST, new Lsn(6L * SEGMENT))) {
            assertThat(writer.append(TestWal.bytes(writer.position(), 1000))).isTrue();
        }

        Path aside = parent.resolve(".walcast").resolve("000000010000000000000006.partial.corrupt.1");
        assertThat(aside).hasBinaryContent(odd);
        assertThat(warnings)
                .containsExactly(
                        "segment file \"000000010000000000000006.partial\" has incorrect size %d, copied to \"%s\""
                                .formatted(size, aside));
        assertThat(parent.resolve("000000010000000000000006.partial")).hasSize(SEGMENT);
    }

    @Test
    void keepsAFinishedSegmentOfOddSizeWhenANewOneTakesItsName() throws IOException {
        finished("000000010000000000000004");
        Files.write(parent.resolve("000000010000000000000005"), new byte[] {1, 2, 3});

        try (WalDirectory wal = open(parent)) {
            assertThat(wal.streamStart(TestWal.SIZE))
                    .contains(new StreamStart(TimelineId.FIRST, new Lsn(5L * SEGMENT)));
            receive(wal, SEGMENT);
        }

        assertThat(parent.resolve("000000010000000000000005")).hasSize(SEGMENT);
        assertThat(parent.resolve(".walcast").resolve("000000010000000000000005.corrupt.1"))
                .hasBinaryContent(new byte[] {1, 2, 3});
    }

    @Test
    void refusesAnotherSegmentSize() throws IOException {
        finished("000000010000000000000005");

        try (WalDirectory wal = open(parent)) {
            SegmentSize other = new SegmentSize(16 << 20);
            assertThatThrownBy(() -> wal.openSegments(other, TimelineId.FIRST, new Lsn(16 << 20)))
                    .isInstanceOf(RefusedException.class)
                    .hasMessage("incorrect segment size in page header: 1MB (the stream has 16MB)");
        }
    }

    @Test
    void startsAtSegmentStartsOnlyAndOneWriterAtATime() {
        try (WalDirectory wal = open(parent)) {
            assertThatThrownBy(() -> wal.openSegments(TestWal.SIZE, TimelineId.FIRST, new Lsn(5L * SEGMENT + 8)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("start: 0/500008 (expected: the start of a segment)");
            SegmentWriter first = wal.openSegments(TestWal.SIZE, TimelineId.FIRST, new Lsn(5L * SEGMENT));
            assertThatThrownBy(() -> wal.openSegments(TestWal.SIZE, TimelineId.FIRST, new Lsn(5L * SEGMENT)))
                    .isInstanceOf(IllegalStateException.class);
            first.close();
            wal.openSegments(TestWal.SIZE, TimelineId.FIRST, new Lsn(5L * SEGMENT))
                    .close();
        }
    }

    @Test
    void storesAHistoryOnceAndRefusesAnother() {
        try (WalDirectory wal = open(parent)) {
            wal.writeHistory(SECOND, HISTORY);
            wal.writeHistory(SECOND, HISTORY);

            assertThat(wal.hasHistory(SECOND)).isTrue();
            assertThat(wal.readHistory(SECOND)).contains(HISTORY);
            assertThatThrownBy(() -> wal.writeHistory(SECOND, "1\t0/3000000\tother\n".getBytes(US_ASCII)))
                    .isInstanceOfSatisfying(
                            RefusedException.class,
                            e -> assertThat(e.sqlState()).isEqualTo(SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE))
                    .hasMessage("timeline 2 history differs from the stored one: another cluster or a reused timeline");
            assertThat(wal.readHistory(SECOND)).contains(HISTORY);
        }
    }

    @Test
    void takesAnEmptyHistoryForNoneAndAHugeOneForAnError() throws IOException {
        Files.write(parent.resolve("00000002.history"), new byte[0]);
        Files.write(parent.resolve("00000003.history"), new byte[(1 << 20) + 1]);

        try (WalDirectory wal = open(parent)) {
            assertThat(wal.hasHistory(SECOND)).isFalse();
            wal.writeHistory(SECOND, HISTORY);
            assertThat(wal.readHistory(SECOND)).contains(HISTORY);
            assertThatThrownBy(() -> wal.readHistory(new TimelineId(3)))
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.sqlState()).isEqualTo(SqlState.PROGRAM_LIMIT_EXCEEDED));
        }
    }

    @Test
    void readsWhatItStored() {
        try (WalDirectory wal = open(parent)) {
            receive(wal, SEGMENT + 100_000);
            ByteBuffer read = ByteBuffer.allocate(SEGMENT + 200_000);
            try (DirectoryPageSource pages = wal.pages(TimelineId.FIRST, TestWal.SIZE)) {
                Lsn at = new Lsn(5L * SEGMENT);
                int bytes = pages.read(at, read);
                assertThat(bytes).isEqualTo(SEGMENT);
                assertThat(pages.read(at.plus(bytes), read)).isEqualTo(200_000);
                assertThat(pages.read(at.plus(2L * SEGMENT), ByteBuffer.allocate(8192)))
                        .isZero();
            }

            assertThat(read.flip().limit(SEGMENT + 100_000))
                    .isEqualTo(TestWal.bytes(new Lsn(5L * SEGMENT), SEGMENT + 100_000));
        }
    }

    private WalDirectory open(Path directory) {
        return WalDirectory.open(
                directory, WalDirectoryOptions.DEFAULTS.withCreate(true).withWarnings(warnings::add));
    }

    private String start() {
        try (WalDirectory wal = open(parent)) {
            return wal.streamStart(TestWal.SIZE)
                    .map(start -> start.timeline() + " " + start.lsn())
                    .orElse("none");
        }
    }

    private static void receive(WalDirectory wal, int bytes) {
        try (SegmentWriter writer = wal.openSegments(TestWal.SIZE, TimelineId.FIRST, new Lsn(5L * SEGMENT))) {
            assertThat(writer.append(TestWal.bytes(writer.position(), bytes))).isTrue();
        }
    }

    private void finished(String name) throws IOException {
        byte[] content = new byte[SEGMENT];
        long start = Long.parseLong(name.substring(16), 16) * SEGMENT;
        TestWal.header(start).get(content, 0, 40);
        Files.write(parent.resolve(name), content);
    }

    /** Makes what ends like a gzip file of so many bytes. */
    private void gzip(String name, int uncompressedBytes) throws IOException {
        byte[] end = ByteBuffer.allocate(20)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(16, uncompressedBytes)
                .array();
        Files.write(parent.resolve(name), end);
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
