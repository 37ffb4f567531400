// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.SqlState;
import io.walcast.transport.grpc.v1.Keepalive;
import io.walcast.transport.grpc.v1.SessionResponse;
import io.walcast.transport.grpc.v1.WalData;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReceivedFrameMarshallerTest {
    private final ReceivedFrameMarshaller marshaller = new ReceivedFrameMarshaller();
    private final Map<Class<?>, Integer> seen = new HashMap<>();

    @Test
    void readsWhatTheGeneratedClassReadsHoweverItIsCutAndOrdered() throws IOException {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            byte[] message = message(random);

            assertSame(message, new PiecesStream(message, random), "seed " + seed);
            assertSame(message, new ByteArrayInputStream(message), "seed " + seed);
        }
        assertThat(seen).containsOnlyKeys(LentWal.class, CopiedWal.class, ParsedWal.class, ReceivedFrame.Message.class);
        assertThat(seen).allSatisfy((form, times) -> assertThat(times).isGreaterThan(50));
    }

    @Test
    void failsWhereTheGeneratedClassFails() throws IOException {
        Random random = new Random(42);
        byte[] whole = walData(50).toByteArray();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertSame(cut, new PiecesStream(cut, random), "length " + length);
            assertSame(cut, new ByteArrayInputStream(cut), "length " + length);
        }
        for (int at = 0; at < 40; at++) {
            for (int value = 0; value < 256; value++) {
                byte[] wrong = whole.clone();
                wrong[at] = (byte) value;
                assertSame(wrong, new PiecesStream(wrong, random), "byte " + at + " is " + value);
                assertSame(wrong, new ByteArrayInputStream(wrong), "byte " + at + " is " + value);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 131_072})
    void lendsTheBuffersThatCameIn(int size) {
        PiecesStream stream = new PiecesStream(walData(size).toByteArray(), new Random(size));

        ReceivedFrame frame = marshaller.parse(stream);

        assertThat(frame).isInstanceOf(LentWal.class);
        ReceivedFrame.Wal wal = (ReceivedFrame.Wal) frame;
        ByteBuffer first = requireNonNull(wal.nextPiece());
        assertThat(first.isReadOnly()).isTrue();
        byte before = first.get(0);
        PiecesStream owner = requireNonNull(stream.detached());
        owner.pieces().stream().filter(ByteBuffer::hasRemaining).forEach(piece -> {
            for (int i = piece.position(); i < piece.limit(); i++) {
                piece.put(i, (byte) ~piece.get(i));
            }
        });
        assertThat(first.get(0)).isEqualTo((byte) ~before);
        frame.release();
    }

    @Test
    void releasesOnceAndNotBefore() {
        PiecesStream stream = new PiecesStream(walData(1000).toByteArray(), new Random(3));
        ReceivedFrame.Wal frame = (ReceivedFrame.Wal) marshaller.parse(stream);
        PiecesStream owner = requireNonNull(stream.detached());
        bytes(frame);

        assertThat(owner.closed()).isZero();
        frame.release();
        frame.release();

        assertThat(owner.closed()).isOne();
        assertThatThrownBy(frame::nextPiece).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void leavesAMessageThatIsNotWalToWhoeverOwnsIt() {
        SessionResponse keepalive = SessionResponse.newBuilder()
                .setKeepalive(Keepalive.newBuilder().setWalEnd(1))
                .build();
        PiecesStream stream = new PiecesStream(keepalive.toByteArray(), new Random(4));

        ReceivedFrame frame = marshaller.parse(stream);
        frame.release();

        assertThat(frame).isEqualTo(new ReceivedFrame.Message(keepalive));
        assertThat(stream.detached()).isNull();
        assertThat(stream.closed()).isZero();
    }

    @Test
    void decompressesIntoOneBuffer() throws IOException {
        byte[] message = walData(131_072).toByteArray();
        for (MessageCodec codec : new MessageCodec[] {MessageCodec.GZIP, MessageCodec.ZSTD}) {
            ReceivedFrame.Wal frame = (ReceivedFrame.Wal) marshaller.parse(codec.decompress(packed(codec, message)));

            assertThat(frame).isInstanceOf(CopiedWal.class);
            assertThat(bytes(frame))
                    .isEqualTo(walData(131_072).getWalData().getData().toByteArray());
            frame.release();
            frame.release();
            assertThatThrownBy(frame::nextPiece).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void refusesWhatIsNotCompressedAsItSays() {
        assertThatThrownBy(() -> marshaller.parse(MessageCodec.ZSTD.decompress(
                        new ByteArrayInputStream(walData(10).toByteArray()))))
                .isInstanceOfSatisfying(ProtocolViolationException.class, e -> {
                    assertThat(e.sqlState()).isEqualTo(SqlState.PROTOCOL_VIOLATION);
                    assertThat(e)
                            .hasMessageStartingWith("could not read a message from the server: invalid zstd frame");
                });
    }

    @Test
    void refusesAMessageAboveTheLimitCompressedOrNot() throws IOException {
        MessageCodec lax = new MessageCodec(Compression.Method.ZSTD, 4 << 20, ZstdPacker::new, ZstdUnpacker::new);
        byte[] message = new byte[SessionMethod.MAX_RESPONSE_BYTES + 1];
        InputStream packed = packed(lax, message);

        for (InputStream stream : List.of(MessageCodec.ZSTD.decompress(packed), new ByteArrayInputStream(message))) {
            assertThatThrownBy(() -> marshaller.parse(stream))
                    .isInstanceOfSatisfying(
                            ProtocolViolationException.class,
                            e -> assertThat(e.sqlState()).isEqualTo(SqlState.PROGRAM_LIMIT_EXCEEDED));
        }
    }

    @Test
    void doesNotWriteWhatOnlyAServerWrites() {
        assertThatThrownBy(() -> marshaller.stream(new ReceivedFrame.Message(SessionResponse.getDefaultInstance())))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    private void assertSame(byte[] message, InputStream stream, String about) {
        SessionResponse expected;
        try {
            expected = SessionResponse.parseFrom(message);
        } catch (InvalidProtocolBufferException e) {
            assertThatThrownBy(() -> marshaller.parse(stream))
                    .as(about)
                    .isInstanceOfSatisfying(
                            ProtocolViolationException.class,
                            failure -> assertThat(failure.sqlState()).isEqualTo(SqlState.PROTOCOL_VIOLATION));
            return;
        }
        ReceivedFrame frame = marshaller.parse(stream);
        seen.merge(frame.getClass(), 1, Integer::sum);
        if (frame instanceof ReceivedFrame.Wal wal) {
            WalData data = expected.getWalData();
            assertThat(expected.hasWalData()).as(about).isTrue();
            assertThat(wal.start().value()).as(about).isEqualTo(data.getStart());
            assertThat(wal.serverEnd().value()).as(about).isEqualTo(data.getServerEnd());
            assertThat(wal.sentAt().micros()).as(about).isEqualTo(data.getSentAt());
            assertThat(wal.length()).as(about).isEqualTo(data.getData().size());
            assertThat(bytes(wal)).as(about).isEqualTo(data.getData().toByteArray());
        } else {
            assertThat(frame).as(about).isEqualTo(new ReceivedFrame.Message(expected));
        }
        frame.release();
    }

    /** A message of WAL with its fields in any order, repeated, missing, and with others among them. */
    private static byte[] message(Random random) throws IOException {
        List<byte[]> fields = new ArrayList<>();
        int size = random.nextInt(4) == 0 ? random.nextInt(131_072) : random.nextInt(300);
        ByteString data = ByteString.copyFrom(new RandomBytes(random).take(size));
        for (int i = random.nextInt(8) + 1; i > 0; i--) {
            WalData.Builder one = WalData.newBuilder();
            switch (random.nextInt(5)) {
                case 0 -> one.setStart(random.nextLong());
                case 1 -> one.setServerEnd(random.nextLong());
                case 2 -> one.setSentAt(random.nextLong());
                case 3 -> one.setData(data.substring(0, random.nextInt(size + 1)));
                default ->
                    one.setUnknownFields(UnknownFieldSet.newBuilder()
                            .addField(
                                    5 + random.nextInt(3000),
                                    UnknownFieldSet.Field.newBuilder()
                                            .addVarint(random.nextLong())
                                            .addLengthDelimited(
                                                    data.substring(0, random.nextInt(Math.min(size, 50) + 1)))
                                            .build())
                            .build());
            }
            fields.add(one.build().toByteArray());
        }
        Collections.shuffle(fields, random);
        if (random.nextInt(3) > 0) {
            fields.add(WalData.newBuilder().setData(data).build().toByteArray());
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] field : fields) {
            body.write(field);
        }
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        if (random.nextInt(20) == 0) {
            walData(3).writeTo(message);
        }
        UnknownFieldSet.newBuilder()
                .addField(
                        SessionResponse.WAL_DATA_FIELD_NUMBER,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFrom(body.toByteArray()))
                                .build())
                .build()
                .writeTo(message);
        if (random.nextInt(20) == 0) {
            SessionResponse.newBuilder()
                    .setKeepalive(Keepalive.newBuilder().setWalEnd(1))
                    .build()
                    .writeTo(message);
        }
        return message.toByteArray();
    }

    private static SessionResponse walData(int size) {
        return SessionResponse.newBuilder()
                .setWalData(WalData.newBuilder()
                        .setStart(FakeChunk.START.value())
                        .setServerEnd(FakeChunk.START.plus(size).value())
                        .setSentAt(5)
                        .setData(ByteString.copyFrom(new RandomBytes(new Random(size)).take(size))))
                .build();
    }

    private static InputStream packed(MessageCodec codec, byte[] message) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = codec.compress(packed)) {
            out.write(message);
        }
        return new ByteArrayInputStream(packed.toByteArray());
    }

    private static byte[] bytes(ReceivedFrame.Wal wal) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ByteBuffer piece = wal.nextPiece(); piece != null; piece = wal.nextPiece()) {
            byte[] bytes = new byte[piece.remaining()];
            piece.get(bytes);
            all.writeBytes(bytes);
        }
        return all.toByteArray();
    }

    private record RandomBytes(Random random) {
        byte[] take(int size) {
            byte[] bytes = new byte[size];
            random.nextBytes(bytes);
            return bytes;
        }
    }
}
