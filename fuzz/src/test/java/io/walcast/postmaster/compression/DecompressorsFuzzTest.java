// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.compression;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.core.storage.SegmentDecompressor;
import io.walcast.fuzz.Input;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

final class DecompressorsFuzzTest {
    private static final int MOST_BYTES = 1 << 20;

    /**
     * A choice of the kind, and a file of it that is whole, damaged or cut: how it is read makes no difference, but that what
     * was read together with the damage is lost.
     */
    @FuzzTest
    void readsDamagedFilesToTheDamage(byte[] bytes) {
        Input input = new Input(bytes);
        SegmentDecompressor kind = Decompressors.ALL.get(input.uint8() % Decompressors.ALL.size());
        byte[] file = input.rest();

        Content large = read(kind, file, 64 << 10);
        Content small = read(kind, file, 777);

        int common = Math.min(large.bytes.length, small.bytes.length);
        assertThat(Arrays.mismatch(large.bytes, 0, common, small.bytes, 0, common))
                .isEqualTo(-1);
        if (common < MOST_BYTES) {
            assertThat(small.isWhole).isEqualTo(large.isWhole);
            assertThat(small.isWhole && small.bytes.length != large.bytes.length)
                    .isFalse();
        }
    }

    private static Content read(SegmentDecompressor kind, byte[] file, int readBytes) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        byte[] buffer = new byte[readBytes];
        boolean isWhole;
        try (InputStream in = kind.open(new ByteArrayInputStream(file))) {
            int count = in.read(buffer);
            while (count >= 0 && content.size() < MOST_BYTES) {
                content.write(buffer, 0, count);
                count = in.read(buffer);
            }
            isWhole = true;
        } catch (IOException e) {
            isWhole = false;
        }
        return new Content(content.toByteArray(), isWhole);
    }

    /** What came before the end, or before the damage. */
    private static final class Content {
        private final byte[] bytes;
        private final boolean isWhole;

        Content(byte[] bytes, boolean isWhole) {
            this.bytes = bytes;
            this.isWhole = isWhole;
        }
    }
}
