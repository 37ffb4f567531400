// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.core.error.StorageException;
import io.walcast.fuzz.ParserContract;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

final class SlotStateFuzzTest {
    private static final Path FILE = Path.of("pg_replslot", "slot", "state");
    private static final int CHECKSUM_AT = 4;
    private static final int CHECKED_FROM = 8;

    @FuzzTest
    void readsAStateAsItIsWritten(byte[] bytes) {
        read(bytes);
        read(sealed(bytes));
    }

    private static void read(byte[] content) {
        Optional<SlotState> state = ParserContract.parse(
                content.length, StorageException.class, () -> SlotStateCodec.decode(content, nameIn(content), FILE));
        if (state.isPresent()) {
            byte[] again = SlotStateCodec.encode(state.get());
            assertThat(SlotStateCodec.decode(again, state.get().name(), FILE)).isEqualTo(state.get());
        }
    }

    /** Returns the bytes as a file of the right size with the right checksum: what stands behind it is tried. */
    private static byte[] sealed(byte[] bytes) {
        byte[] content = Arrays.copyOf(bytes, SlotStateCodec.BYTES);
        CRC32C crc = new CRC32C();
        crc.update(content, CHECKED_FROM, content.length - CHECKED_FROM);
        ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putInt(CHECKSUM_AT, (int) crc.getValue());
        return content;
    }

    private static String nameIn(byte[] content) {
        int end = 16;
        while (end < Math.min(content.length, 80) && content[end] != 0) {
            end++;
        }
        return new String(
                content, Math.min(16, content.length), Math.max(0, Math.min(end, content.length) - 16), UTF_8);
    }
}
