// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.storage.SegmentCompression;
import io.walcast.core.storage.SegmentDecompressor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a writer of segments relies on, of every kind. */
class SegmentCompressionTest {
    private static final int SECTOR = 512;

    static Stream<SegmentCompression> kinds() {
        return Stream.of(
                SegmentCompression.gzip(-1),
                SegmentCompression.gzip(1),
                SegmentCompression.gzip(9),
                Compressions.lz4(0),
                Compressions.lz4(9),
                Compressions.zstd(3),
                Compressions.zstd(-5));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void givesBackWhatWasCompressed(SegmentCompression kind) throws IOException {
        byte[] content = content(1, 1 << 20);
        try (CompressedFile file = new CompressedFile(kind)) {
            for (int round = 0; round < 2; round++) { // a compressor makes one file after the other
                file.begin();
                file.write(content, 0, content.length);
                file.finish();

                assertThat(readable(kind, file.bytes())).isEqualTo(content);
                assertThat(reliableBytes(kind, file.bytes())).isEqualTo(content.length);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyFlushCanBeReadBackWhateverFollows(SegmentCompression kind) throws IOException {
        byte[] content = content(2, 600_000);
        Random random = new Random(2);
        try (CompressedFile file = new CompressedFile(kind)) {
            file.begin();
            int written = 0;
            while (written < content.length) {
                int bytes = Math.min(content.length - written, 1 + random.nextInt(1 << random.nextInt(18)));
                file.write(content, written, bytes);
                written += bytes;
                file.flush();
                if (random.nextInt(20) == 0) {
                    assertThat(readable(kind, file.bytes())).isEqualTo(Arrays.copyOf(content, written));
                    assertThat(reliableBytes(kind, file.bytes())).isEqualTo(written);
                }
            }
        }
    }

    /** Sectors written since the last sync may be on disk or not, and zeros if not, in the first sector too. */
    @ParameterizedTest
    @MethodSource("kinds")
    void nothingIsMadeUpWhereAMachineHasDied(SegmentCompression kind) throws IOException {
        Random random = new Random(3);
        try (CompressedFile file = new CompressedFile(kind)) {
            for (int round = 0; round < 30; round++) {
                byte[] content = content(round, 300_000);
                file.begin();
                int durable = 0;
                byte[] onDisk = new byte[0];
                int flushes = random.nextInt(4);
                for (int i = 0; i < flushes; i++) {
                    int bytes = random.nextInt(70_000);
                    file.write(content, durable, bytes);
                    file.flush();
                    durable += bytes;
                    onDisk = file.bytes();
                }
                file.write(content, durable, random.nextInt(90_000));
                if (random.nextBoolean()) {
                    file.flush();
                }
                byte[] found = afterCrash(onDisk, file.bytes(), random);

                long reliable = reliableBytes(kind, found);
                assertThat(reliable).isGreaterThanOrEqualTo(durable);
                assertThat(Arrays.copyOf(readable(kind, found), (int) reliable))
                        .isEqualTo(Arrays.copyOf(content, (int) reliable));
            }
        }
    }

    private static byte[] afterCrash(byte[] onDisk, byte[] written, Random random) {
        int length = Math.max(onDisk.length, random.nextInt(written.length + 1));
        byte[] found = Arrays.copyOf(onDisk, length);
        int odds = random.nextInt(100);
        for (int at = 0; at < length; at += SECTOR) {
            if (random.nextInt(100) < odds) {
                System.arraycopy(written, at, found, at, Math.min(SECTOR, length - at));
            }
        }
        return found;
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void trailingBytesAreAnError(SegmentCompression kind) throws IOException {
        byte[] compressed = compress(kind, content(4, 100_000));

        for (String garbage : new String[] {"x", "garbage", "garbage that goes on and on"}) {
            byte[] longer = Arrays.copyOf(compressed, compressed.length + garbage.length());
            System.arraycopy(
                    garbage.getBytes(StandardCharsets.US_ASCII), 0, longer, compressed.length, garbage.length());
            assertThatThrownBy(() -> read(kind, longer)).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void severalFilesInOneAreRead(SegmentCompression kind) throws IOException {
        byte[] one = compress(kind, content(5, 50_000));
        ByteArrayOutputStream two = new ByteArrayOutputStream();
        two.write(one);
        two.write(one);

        assertThat(read(kind, two.toByteArray())).hasSize(100_000);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void damageIsFound(SegmentCompression kind) throws IOException {
        byte[] content = content(6, 200_000);
        byte[] compressed = compress(kind, content);
        Random random = new Random(6);
        for (int i = 0; i < 30; i++) {
            byte[] damaged = compressed.clone();
            int at = 64 + random.nextInt(damaged.length - 64);
            damaged[at] ^= (byte) (1 + random.nextInt(255));
            assertThatThrownBy(() -> read(kind, damaged)).as("byte %d", at).isInstanceOf(IOException.class);
        }
    }

    @Test
    void theLastFourBytesOfGzipTellTheSize() throws IOException {
        byte[] compressed = compress(SegmentCompression.gzip(6), content(7, 123_456));

        int size = ByteBuffer.wrap(compressed).order(ByteOrder.LITTLE_ENDIAN).getInt(compressed.length - 4);
        assertThat(size).isEqualTo(123_456);
    }

    private static byte[] content(long seed, int bytes) {
        Random random = new Random(seed);
        byte[] content = new byte[bytes];
        for (int at = 0; at < bytes; ) {
            int run = Math.min(bytes - at, 1 + random.nextInt(3000));
            switch (random.nextInt(3)) {
                case 0 -> at += run; // zeros
                case 1 -> {
                    for (int i = 0; i < run; i++) {
                        content[at++] = (byte) random.nextInt(256);
                    }
                }
                default -> {
                    for (int i = 0; i < run; i++) {
                        content[at++] = (byte) "the same again ".charAt(i % 15);
                    }
                }
            }
        }
        return content;
    }

    private static byte[] compress(SegmentCompression kind, byte[] content) throws IOException {
        try (CompressedFile file = new CompressedFile(kind)) {
            file.begin();
            file.write(content, 0, content.length);
            file.finish();
            return file.bytes();
        }
    }

    private static long reliableBytes(SegmentDecompressor kind, byte[] compressed) throws IOException {
        return kind.reliableBytes(new ByteArrayInputStream(compressed));
    }

    private static byte[] read(SegmentDecompressor kind, byte[] compressed) throws IOException {
        try (InputStream content = kind.open(new ByteArrayInputStream(compressed))) {
            return content.readAllBytes();
        }
    }

    /** Returns what anybody can read of a file that may be cut off. */
    private static byte[] readable(SegmentDecompressor kind, byte[] compressed) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        byte[] block = new byte[1000];
        try (InputStream in = kind.open(new ByteArrayInputStream(compressed))) {
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                content.write(block, 0, read);
            }
        } catch (IOException e) {
            return content.toByteArray();
        }
        return content.toByteArray();
    }
}
