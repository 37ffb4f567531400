// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.walcast.fuzz.Input;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

final class MessageCodecFuzzTest {
    private static final int LIMIT = 1 << 16;

    private final MessageCodec gzip =
            new MessageCodec(Compression.Method.GZIP, LIMIT, GzipPacker::new, GzipUnpacker::new);
    private final MessageCodec zstd =
            new MessageCodec(Compression.Method.ZSTD, LIMIT, ZstdPacker::new, ZstdUnpacker::new);

    /** A choice of the method, and what should be compressed bytes: they are decompressed up to the limit, or refused. */
    @FuzzTest
    void decompressesNoMoreThanTheLimit(byte[] bytes) throws IOException {
        Input input = new Input(bytes);
        MessageCodec codec = input.oneOf(gzip, zstd);
        byte[] compressed = input.rest();

        byte[] whole = decompressed(codec, compressed, LIMIT);

        assertThat(whole.length).isLessThanOrEqualTo(LIMIT);
        assertThat(decompressed(codec, compressed, 1000)).isEqualTo(whole);
        assertThat(codec.open()).isLessThanOrEqualTo(2);
    }

    /** What is compressed is decompressed to the same. */
    @FuzzTest
    void givesBackWhatItCompressed(byte[] bytes) throws IOException {
        Input input = new Input(bytes);
        MessageCodec codec = input.oneOf(gzip, zstd);
        byte[] message = input.rest();
        message = Arrays.copyOf(message, Math.min(message.length, LIMIT));
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream out = codec.compress(compressed)) {
            out.write(message);
        }

        assertThat(decompressed(codec, compressed.toByteArray(), LIMIT)).isEqualTo(message);
    }

    /** Returns nothing of what is refused. */
    private static byte[] decompressed(MessageCodec codec, byte[] compressed, int readBytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[readBytes];
        try (InputStream in = codec.decompress(new ByteArrayInputStream(compressed))) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
            }
            return out.toByteArray();
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            return new byte[0];
        } catch (IOException e) {
            assertThat(e).message().isNotBlank();
            return new byte[0];
        }
    }
}
