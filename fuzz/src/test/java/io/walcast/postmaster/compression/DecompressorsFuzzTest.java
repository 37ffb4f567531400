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

final class DecompressorsFuzzTest {
    private static final int MOST_BYTES = 1 << 20;

    /** A choice of the kind, and a file of it that is whole, damaged or cut: what comes does not depend on how it is read. */
    @FuzzTest
    void readsDamagedFilesToTheDamage(byte[] bytes) {
        Input input = new Input(bytes);
        SegmentDecompressor kind = Decompressors.ALL.get(input.uint8() % Decompressors.ALL.size());
        byte[] file = input.rest();

        byte[] whole = content(kind, file, 64 << 10);

        if (whole.length < MOST_BYTES) {
            assertThat(content(kind, file, 777)).startsWith(whole);
        }
    }

    private static byte[] content(SegmentDecompressor kind, byte[] file, int readBytes) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        byte[] buffer = new byte[readBytes];
        try (InputStream in = kind.open(new ByteArrayInputStream(file))) {
            for (int count = in.read(buffer); count >= 0 && content.size() < MOST_BYTES; count = in.read(buffer)) {
                content.write(buffer, 0, count);
            }
        } catch (IOException e) {
            assertThat(e).isNotNull(); // where the damage is
        }
        return content.toByteArray();
    }
}
