// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.walcast.core.error.StorageException;
import io.walcast.transport.grpc.v1.Keepalive;
import io.walcast.transport.grpc.v1.SessionResponse;
import io.walcast.transport.grpc.v1.WalData;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SentFrameMarshallerTest {
    private final SentFrameMarshaller marshaller = new SentFrameMarshaller();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 16_383, 16_384, 131_072})
    void writesWalAsTheGeneratedClassDoes(int size) throws IOException {
        FakeChunk drained = new FakeChunk(random(size));
        FakeChunk read = new FakeChunk(random(size));
        byte[] expected = expected(size);
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        InputStream stream = stream(drained);
        assertThat(stream).isInstanceOf(KnownLength.class);
        assertThat(stream.available()).isEqualTo(expected.length);
        assertThat(((Drainable) stream).drainTo(out)).isEqualTo(expected.length);

        assertThat(out.toByteArray()).isEqualTo(expected);
        assertThat(stream(read).readAllBytes()).isEqualTo(expected);
        assertThat(drained.closed()).isOne();
        assertThat(read.closed()).isOne();
    }

    @Test
    void writesEveryFieldAlsoIfItIsZero() throws IOException {
        byte[] bytes = stream(new FakeChunk(new byte[0])).readAllBytes();

        assertThat(bytes).hasSize(2 + 3 * 9 + 2);
    }

    @Test
    void writesOtherMessagesAsTheGeneratedClassDoes() throws IOException {
        SessionResponse response = SessionResponse.newBuilder()
                .setKeepalive(Keepalive.newBuilder().setWalEnd(7))
                .build();

        assertThat(marshaller.stream(new SentFrame.Message(response)).readAllBytes())
                .isEqualTo(response.toByteArray());
    }

    @Test
    void compressesInOnePieceWithTheLevelOfTheFrame() throws IOException {
        for (MessageCodec codec : new MessageCodec[] {MessageCodec.GZIP, MessageCodec.ZSTD}) {
            FakeChunk chunk = new FakeChunk(random(131_072));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            InputStream stream = marshaller.stream(new SentFrame.Wal(chunk, 1));
            int length;
            try (OutputStream packed = codec.compress(out)) {
                length = ((Drainable) stream).drainTo(packed);
            }

            assertThat(length).isEqualTo(expected(131_072).length);
            assertThat(chunk.closed()).isOne();
            assertThat(codec.decompress(new ByteArrayInputStream(out.toByteArray()))
                            .readAllBytes())
                    .isEqualTo(expected(131_072));
        }
    }

    @Test
    void closesTheChunkOfAStreamThatNobodyReads() throws IOException {
        FakeChunk chunk = new FakeChunk(random(10));

        InputStream stream = stream(chunk);
        assertThat(chunk.closed()).isZero();
        stream.close();
        stream.close();

        assertThat(chunk.closed()).isOne();
        assertThat(stream.read()).isEqualTo(-1);
        assertThat(stream.available()).isZero();
    }

    @Test
    void closesTheChunkOfAStreamThatIsReadInPart() throws IOException {
        FakeChunk chunk = new FakeChunk(random(10));
        InputStream stream = stream(chunk);

        assertThat(stream.read()).isEqualTo(0x32);
        stream.close();

        assertThat(chunk.closed()).isOne();
    }

    @Test
    void closesTheChunkIfItsBytesCannotBeRead() {
        FakeChunk chunk = new FakeChunk(new byte[1], 1, new StorageException("gone", new IOException()));

        assertThatThrownBy(() -> stream(chunk)).isInstanceOf(StorageException.class);

        assertThat(chunk.closed()).isOne();
    }

    @Test
    void refusesAChunkThatHasNotTheBytesItSays() {
        FakeChunk chunk = new FakeChunk(new byte[2], 3, null);

        assertThatThrownBy(() -> stream(chunk)).isInstanceOf(IllegalStateException.class);

        assertThat(chunk.closed()).isOne();
    }

    @Test
    void closesTheChunkIfTheTargetFails() {
        FakeChunk chunk = new FakeChunk(random(10));
        InputStream stream = stream(chunk);

        assertThatThrownBy(() -> ((Drainable) stream).drainTo(new FailingOutput()))
                .isInstanceOf(IOException.class);

        assertThat(chunk.closed()).isOne();
    }

    @Test
    void doesNotReadWhatOnlyAClientReads() {
        assertThatThrownBy(() -> marshaller.parse(new ByteArrayInputStream(new byte[0])))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    private InputStream stream(FakeChunk chunk) {
        return marshaller.stream(new SentFrame.Wal(chunk));
    }

    /** With every field there, which the generated class leaves out if it is 0. */
    private static byte[] expected(int size) {
        byte[] message = SessionResponse.newBuilder()
                .setWalData(WalData.newBuilder()
                        .setStart(FakeChunk.START.value())
                        .setServerEnd(FakeChunk.START.plus(size).value())
                        .setSentAt(FakeChunk.SENT_AT.micros())
                        .setData(ByteString.copyFrom(random(size))))
                .build()
                .toByteArray();
        if (size > 0) {
            return message;
        }
        byte[] withData = Arrays.copyOf(message, message.length + 2);
        withData[1] = (byte) (withData[1] + 2);
        withData[message.length] = 0x22;
        return withData;
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(42).nextBytes(bytes);
        return bytes;
    }

    private static final class FailingOutput extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("full");
        }
    }
}
