// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.SqlState;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameReaderTest {
    private final FakeWire server = new FakeWire();
    private final FrameReader frames = server.frames;

    @AfterEach
    void close() {
        server.close();
        LeakRecorder.assertNothingLeaked();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 11, 1000})
    void cutsFramesWhateverThePieces(int pieceBytes) {
        byte[] first = FakeWire.frame('C', "SHOW\0".getBytes(US_ASCII));
        byte[] second = FakeWire.frame('c', new byte[0]);
        server.arrive(first, pieceBytes).arrive(second, pieceBytes);

        assertThat(takeWhole('C')).isEqualTo("SHOW\0".getBytes(US_ASCII));
        assertThat(takeWhole('c')).isEmpty();
        assertThat(frames.next()).isFalse();
    }

    private byte[] takeWhole(char type) {
        assertThat(frames.next()).isTrue();
        assertThat(frames.type()).isEqualTo((byte) type);
        ByteBuffer body = frames.takeRest();
        assertThat(body).isNotNull();
        return FakeWire.bytes(body);
    }

    @Test
    void waitsForWhatIsMissingAtEveryCut() {
        byte[] frame = FakeWire.frame('C', "SHOW\0".getBytes(US_ASCII));
        for (int cut = 1; cut < frame.length; cut++) {
            byte[] start = Arrays.copyOf(frame, cut);
            byte[] rest = Arrays.copyOfRange(frame, cut, frame.length);
            server.arrive(start);
            boolean inFrame = frames.next();
            assertThat(inFrame && frames.takeRest() != null)
                    .as("cut at %d", cut)
                    .isFalse();
            server.arrive(rest);
            assertThat(takeWhole('C')).isEqualTo("SHOW\0".getBytes(US_ASCII));
        }
    }

    @Test
    void givesABodyInPiecesWithoutCopyingThem() {
        byte[] body = new byte[100_000];
        new Random(1).nextBytes(body);
        server.arrive(FakeWire.frame('d', body), 30_000);
        ByteBuffer received = ByteBuffer.allocate(body.length);

        assertThat(frames.next()).isTrue();
        while (received.hasRemaining()) {
            ByteBuffer piece = frames.takeSome();
            assertThat(piece).isNotNull();
            assertThat(piece.isDirect()).isTrue();
            received.put(piece);
            frames.releaseLent();
        }
        assertThat(received.array()).isEqualTo(body);
        assertThat(frames.next()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, -1, Integer.MIN_VALUE})
    void refusesALengthThatCannotBe(int length) {
        server.arrive(ByteBuffer.allocate(5).put((byte) 'Z').putInt(length).array());

        assertThatThrownBy(frames::next)
                .isInstanceOf(ProtocolViolationException.class)
                .hasMessage("invalid message length");
    }

    @ParameterizedTest
    @CsvSource({
        "d, 1048577, CopyData longer than 1 MB (PostgreSQL sends at most 128 KB)",
        "d, 2147483647, CopyData longer than 1 MB (PostgreSQL sends at most 128 KB)",
        "E, 1073741824, 'message \"E\" longer than 64 KB'",
        "N, 65537, 'message \"N\" longer than 64 KB'",
        "D, 1114113, 'message \"D\" longer than 1088 KB'",
        "T, 262145, 'message \"T\" longer than 256 KB'",
        "Z, 30001, 'message \"Z\" longer than 30000 bytes'",
    })
    void refusesALongFrameBeforeItsBody(char type, int length, String message) {
        server.arrive(ByteBuffer.allocate(5).put((byte) type).putInt(length).array());

        assertThatThrownBy(frames::next)
                .isInstanceOf(ProtocolViolationException.class)
                .hasMessage(message);
    }

    @Test
    void boundsEveryTypeByte() {
        for (int type = 0; type < 256; type++) {
            try (FakeWire each = new FakeWire()) {
                each.arrive(ByteBuffer.allocate(5)
                        .put((byte) type)
                        .putInt(Integer.MAX_VALUE)
                        .array());
                assertThatThrownBy(each.frames::next)
                        .as("type %d", type)
                        .isInstanceOf(ProtocolViolationException.class);
            }
        }
    }

    @Test
    void saysWhatACallerSaysAboutALongRow() {
        frames.limitTo(FrameLimits.PHYSICAL.withDataRow(100, "too long for me"));
        server.arrive(ByteBuffer.allocate(5).put((byte) 'D').putInt(101).array());

        assertThatThrownBy(frames::next)
                .isInstanceOfSatisfying(
                        ProtocolViolationException.class,
                        e -> assertThat(e.sqlState()).isEqualTo(SqlState.PROGRAM_LIMIT_EXCEEDED))
                .hasMessage("too long for me");
    }

    @Test
    void refusesToTakeMoreThanTheBodyHas() {
        server.arrive(FakeWire.frame('d', new byte[3]));
        assertThat(frames.next()).isTrue();

        assertThatThrownBy(() -> frames.take(4)).hasMessage("insufficient data left in message");
    }

    @Test
    void doesNotHoldLargeBuffersForSmallPieces() {
        for (int i = 0; i < 1000; i++) {
            server.wire.onRead(server.channel.alloc().directBuffer(256 << 10).writeBytes(new byte[10]));
        }

        assertThat(server.channel.config().isAutoRead()).isTrue();
    }

    @Test
    void stopsReadingAtTheWindowAndGoesOnAtHalfOfIt() {
        byte[] body = new byte[64 << 10];
        int arrived = 0;
        while (server.channel.config().isAutoRead()) {
            server.arrive(FakeWire.frame('d', body));
            arrived++;
        }
        assertThat(arrived * body.length).isLessThanOrEqualTo(FakeWire.WINDOW_BYTES);

        int taken = 0;
        while (!server.channel.config().isAutoRead()) {
            assertThat(frames.next()).isTrue();
            assertThat(frames.takeRest()).isNotNull();
            frames.releaseLent();
            server.channel.runPendingTasks();
            taken++;
        }
        assertThat(taken).isBetween(arrived / 4, arrived / 2 + 1);
    }
}
