// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.storage.ArchivedWal;
import io.walcast.core.storage.ArchivedWalOptions;
import io.walcast.core.storage.SegmentDecompressor;
import io.walcast.core.storage.ServedPosition;
import io.walcast.core.storage.ServedSegment;
import io.walcast.testkit.SyntheticWal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecompressorsTest {
    private static final SegmentSize SIZE = new SegmentSize(1 << 20);
    private static final SyntheticWal WAL =
            new SyntheticWal(new SystemIdentifier(7_300_000_000_000_000_001L), TimelineId.FIRST, SIZE, 1);

    @TempDir
    private Path directory;

    @TempDir
    private Path temporary;

    @Test
    void thereIsOneForEachSuffixOfACompressedSegment() {
        assertThat(Decompressors.ALL).extracting(SegmentDecompressor::suffix).containsExactly(".gz", ".lz4", ".zst");
    }

    @ParameterizedTest
    @ValueSource(strings = {".gz", ".lz4", ".zst"})
    void givesBackWhatWasCompressed(String suffix) throws IOException {
        byte[] segment = segment(1);

        assertThat(read(suffix, compress(suffix, segment))).isEqualTo(segment);
        assertThat(read(suffix, compress(suffix, new byte[0]))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {".gz", ".lz4", ".zst"})
    void aFileThatIsCutOffIsAnError(String suffix) throws IOException {
        byte[] compressed = compress(suffix, segment(1));

        for (int length : new int[] {1, 3, 10, compressed.length / 2, compressed.length - 1}) {
            assertThatThrownBy(() -> read(suffix, Arrays.copyOf(compressed, length)))
                    .as("%d of %d bytes", length, compressed.length)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void anArchiveOfAllKindsIsServed() throws IOException {
        List<String> suffixes = List.of(".gz", ".lz4", ".zst", "");
        for (int i = 0; i < suffixes.size(); i++) {
            Files.write(
                    directory.resolve("00000001000000000000000" + (i + 1) + suffixes.get(i)),
                    compress(suffixes.get(i), segment(i + 1)));
        }
        ArchivedWal served =
                ArchivedWal.open(directory, ArchivedWalOptions.of(temporary).withDecompressors(Decompressors.ALL));
        served.poll();
        served.poll();

        assertThat(served.position()).isEqualTo(new ServedPosition(TimelineId.FIRST, SIZE.start(5)));
        assertThat(served.oldestSegment()).hasValue(1L);
        for (int i = 1; i <= suffixes.size(); i++) {
            ByteBuffer content = ByteBuffer.allocate(SIZE.bytes());
            try (ServedSegment segment = served.open(TimelineId.FIRST, i)) {
                segment.read(content, 0);
            }
            assertThat(content.array()).isEqualTo(segment(i));
        }
    }

    private static byte[] segment(int number) {
        return WAL.bytes(new Lsn((long) number * SIZE.bytes()), SIZE.bytes());
    }

    private static byte[] read(String suffix, byte[] compressed) throws IOException {
        SegmentDecompressor decompressor = Decompressors.ALL.stream()
                .filter(known -> known.suffix().equals(suffix))
                .findFirst()
                .orElseThrow();
        try (InputStream content = decompressor.open(new ByteArrayInputStream(compressed))) {
            return content.readAllBytes();
        }
    }

    private static byte[] compress(String suffix, byte[] content) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream out = compressor(suffix, compressed)) {
            out.write(content);
        }
        return compressed.toByteArray();
    }

    private static OutputStream compressor(String suffix, OutputStream target) throws IOException {
        return switch (suffix) {
            case ".gz" -> new GZIPOutputStream(target);
            case ".lz4" -> new LZ4FrameOutputStream(target);
            case ".zst" -> new ZstdOutputStream(target);
            default -> target;
        };
    }
}
