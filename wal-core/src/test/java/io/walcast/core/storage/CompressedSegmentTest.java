// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.error.RefusedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompressedSegmentTest {
    private static final int SEGMENT = TestWal.SIZE.bytes();
    private static final Lsn START = new Lsn(5L * SEGMENT);
    private static final String FIRST = "000000010000000000000005";
    private static final WalDirectoryOptions PLAIN = WalDirectoryOptions.DEFAULTS;
    private static final WalDirectoryOptions GZIP = PLAIN.withCompression(SegmentCompression.gzip(1));

    @TempDir
    private Path directory;

    @Test
    void aFinishedSegmentIsOneMemberThatTellsItsSize() throws IOException {
        receive(GZIP, SEGMENT + 1000);

        assertThat(TestWal.names(directory)).containsExactly(FIRST + ".gz", "000000010000000000000006.gz.partial");
        assertThat(content(FIRST + ".gz")).isEqualTo(expected(SEGMENT));
        try (WalDirectory wal = WalDirectory.open(directory, GZIP)) {
            assertThat(wal.streamStart(TestWal.SIZE)).hasValue(new StreamStart(TimelineId.FIRST, START.plus(SEGMENT)));
            assertThat(wal.storedEnd(TimelineId.FIRST, TestWal.SIZE)).isEqualTo(START.plus(SEGMENT + 1000L));
            assertThat(wal.systemIdentifier()).hasValue(new SystemIdentifier(TestWal.SYSTEM_IDENTIFIER));
        }
    }

    @Test
    void everyFlushCanBeDecompressed() throws IOException {
        try (WalDirectory wal = WalDirectory.open(directory, GZIP);
                SegmentWriter writer = open(wal)) {
            for (int bytes = 10_000; bytes < SEGMENT; bytes += 150_000) {
                append(writer, bytes);
                assertThat(writer.flush()).isEqualTo(START.plus(bytes));

                assertThat(readable(FIRST + ".gz.partial")).isEqualTo(expected(bytes));
            }
        }
    }

    @Test
    void theOldFileStaysUntilTheNewOneHoldsAsMuch() throws IOException {
        receive(GZIP, 500_000);
        try (WalDirectory wal = WalDirectory.open(directory, GZIP);
                SegmentWriter writer = open(wal)) {
            append(writer, 300_000);
            writer.flush();
            assertThat(readable(FIRST + ".gz.partial")).isEqualTo(expected(500_000));

            append(writer, 500_000);
            writer.flush();
            assertThat(readable(FIRST + ".gz.partial")).isEqualTo(expected(500_000));

            append(writer, 600_000);
            writer.flush();
            assertThat(readable(FIRST + ".gz.partial")).isEqualTo(expected(600_000));
        }
        receive(GZIP, 100_000);
        assertThat(readable(FIRST + ".gz.partial")).isEqualTo(expected(600_000));
        assertThat(directory.resolve(".walcast")).isDirectoryNotContaining("glob:**.next");
    }

    @Test
    void otherBytesThanTheStoredOnesAreRefused() throws IOException {
        for (WalDirectoryOptions first : List.of(GZIP, PLAIN)) {
            for (WalDirectoryOptions second : List.of(GZIP, PLAIN)) {
                Path place = Files.createDirectory(directory.resolve("fork" + first.hashCode() + second.hashCode()));
                receive(place, first, 500_000);
                try (WalDirectory wal = WalDirectory.open(place, second);
                        SegmentWriter writer = open(wal)) {
                    append(writer, 400_000);
                    ByteBuffer other = TestWal.bytes(writer.position(), 50_000);
                    other.put(49_000, (byte) (other.get(49_000) ^ 2));

                    assertThatThrownBy(() -> writer.append(other))
                            .isInstanceOf(RefusedException.class)
                            .hasMessageContaining("possible timeline fork at " + START.plus(449_000));
                }
            }
        }
    }

    @Test
    void aFileOfAnotherFormatStays() throws IOException {
        receive(PLAIN, 300_000);
        receive(GZIP, 400_000);
        receive(PLAIN, SEGMENT + 1);

        assertThat(TestWal.names(directory))
                .containsExactly(FIRST, FIRST + ".gz.partial", "000000010000000000000006.partial");
        assertThat(readable(FIRST + ".gz.partial")).isEqualTo(expected(400_000));
    }

    @Test
    void aFinishedSegmentOfEitherFormatIsComparedAndKept() throws IOException {
        receive(GZIP, SEGMENT);
        byte[] before = Files.readAllBytes(directory.resolve(FIRST + ".gz"));
        receive(PLAIN, SEGMENT + 5);
        receive(GZIP, SEGMENT + 5);

        assertThat(Files.readAllBytes(directory.resolve(FIRST + ".gz"))).isEqualTo(before);
        assertThat(directory.resolve(FIRST)).doesNotExist();
    }

    @Test
    void aFinishedSegmentOfAWrongSizeIsSkipped() throws IOException {
        receive(GZIP, 1000);
        Files.move(directory.resolve(FIRST + ".gz.partial"), directory.resolve(FIRST + ".gz"));
        List<String> warnings = new ArrayList<>();
        try (WalDirectory wal = WalDirectory.open(directory, GZIP.withWarnings(warnings::add))) {
            assertThat(wal.streamStart(TestWal.SIZE)).isEmpty();
        }
        assertThat(warnings)
                .containsExactly(
                        "compressed segment file \"" + FIRST + ".gz\" has incorrect uncompressed size 1000, skipping");
    }

    private void receive(WalDirectoryOptions options, int bytes) {
        receive(directory, options, bytes);
    }

    private static void receive(Path place, WalDirectoryOptions options, int bytes) {
        try (WalDirectory wal = WalDirectory.open(place, options);
                SegmentWriter writer = open(wal)) {
            append(writer, bytes);
            assertThat(writer.flush()).isEqualTo(START.plus(bytes));
        }
    }

    private static SegmentWriter open(WalDirectory wal) {
        return wal.openSegments(TestWal.SIZE, TimelineId.FIRST, START);
    }

    private static void append(SegmentWriter writer, int upto) {
        while (writer.position().isBefore(START.plus(upto))) {
            int bytes = (int) Math.min(70_001, START.plus(upto).minus(writer.position()));
            assertThat(writer.append(TestWal.bytes(writer.position(), bytes))).isTrue();
        }
    }

    private static byte[] expected(int bytes) {
        byte[] expected = new byte[bytes];
        TestWal.bytes(START, bytes).get(expected);
        return expected;
    }

    private byte[] content(String name) throws IOException {
        byte[] compressed = Files.readAllBytes(directory.resolve(name));
        try (InputStream content = SegmentDecompressor.GZIP.open(new ByteArrayInputStream(compressed))) {
            return content.readAllBytes();
        }
    }

    private byte[] readable(String name) throws IOException {
        byte[] compressed = Files.readAllBytes(directory.resolve(name));
        long bytes =
                SegmentDecompressor.readableBytes(SegmentDecompressor.GZIP.open(new ByteArrayInputStream(compressed)));
        try (InputStream content = SegmentDecompressor.GZIP.open(new ByteArrayInputStream(compressed))) {
            return content.readNBytes((int) bytes);
        }
    }
}
