// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.fuzz.ParserContract;
import io.walcast.transport.grpc.v1.SessionResponse;
import io.walcast.transport.grpc.v1.WalData;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Messages of a server: the short way for WAL, which parses nothing, must see what the generated class sees. */
final class ReceivedFrameFuzzTest {
    private static final int FIXED_BYTES = 2 << 20;

    @FuzzTest
    void seesWhatTheGeneratedClassSees(byte[] bytes) {
        Optional<ReceivedFrame> copied = ParserContract.parse(
                bytes.length,
                FIXED_BYTES,
                ProtocolViolationException.class,
                () -> new ReceivedFrameMarshaller().parse(new ByteArrayInputStream(bytes)));
        Optional<ReceivedFrame> lent = ParserContract.parse(
                bytes.length,
                FIXED_BYTES,
                ProtocolViolationException.class,
                () -> new ReceivedFrameMarshaller().parse(new LentInput(bytes)));
        String expected = generated(bytes);

        assertThat(copied.map(ReceivedFrameFuzzTest::shown).orElse("")).isEqualTo(expected);
        assertThat(lent.map(ReceivedFrameFuzzTest::shown).orElse("")).isEqualTo(expected);
    }

    private static String generated(byte[] bytes) {
        try {
            SessionResponse response = SessionResponse.parseFrom(bytes);
            return response.hasWalData()
                    ? shown(new ParsedWal(response.getWalData()))
                    : shown(new ReceivedFrame.Message(response));
        } catch (InvalidProtocolBufferException e) {
            return "";
        }
    }

    private static String shown(ReceivedFrame frame) {
        try {
            if (frame instanceof ReceivedFrame.Message message) {
                return "message " + message.response();
            }
            ReceivedFrame.Wal wal = (ReceivedFrame.Wal) frame;
            ByteArrayOutputStream data = new ByteArrayOutputStream();
            for (ByteBuffer piece = wal.nextPiece(); piece != null; piece = wal.nextPiece()) {
                assertThat(piece.isReadOnly()).isTrue();
                while (piece.hasRemaining()) {
                    data.write(piece.get());
                }
            }
            assertThat(data.size()).isEqualTo(wal.length());
            return "wal "
                    + WalData.newBuilder()
                            .setStart(wal.start().value())
                            .setServerEnd(wal.serverEnd().value())
                            .setSentAt(wal.sentAt().micros())
                            .setData(ByteString.copyFrom(data.toByteArray()))
                            .build();
        } finally {
            frame.release();
        }
    }
}
