// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.SqlState;
import io.walcast.core.protocol.ServerMessage.EndOfStream;
import io.walcast.core.protocol.ServerMessage.Keepalive;
import io.walcast.core.protocol.ServerMessage.XLogData;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerMessageCodecTest {
    private static final Lsn START = Lsn.parse("16/F0000000");
    private static final Lsn END = Lsn.parse("FFFFFFFF/FFFFFFFF");
    private static final PgTimestamp SENT = new PgTimestamp(-1);

    @Test
    void lendsTheWalWithoutCopyingIt() {
        ByteBuffer body = ByteBuffer.allocate(ServerMessageCodec.XLOG_DATA_HEADER_BYTES + 3);
        ServerMessageCodec.encodeXLogDataHeader(START, END, SENT, body);
        body.put(new byte[] {1, 2, 3}).flip();

        XLogData data = (XLogData) ServerMessageCodec.decode(body);

        assertThat(data.start()).isEqualTo(START);
        assertThat(data.serverEnd()).isEqualTo(END);
        assertThat(data.sentAt()).isEqualTo(SENT);
        assertThat(body.hasRemaining()).isFalse();
        body.put(ServerMessageCodec.XLOG_DATA_HEADER_BYTES, (byte) 9);
        assertThat(data.payload()).isEqualTo(ByteBuffer.wrap(new byte[] {9, 2, 3}));
    }

    @Test
    void takesWalDataWithoutWalAsASignOfLife() {
        ByteBuffer body = ByteBuffer.allocate(ServerMessageCodec.XLOG_DATA_HEADER_BYTES);
        ServerMessageCodec.encodeXLogDataHeader(START, END, SENT, body);

        XLogData data = (XLogData) ServerMessageCodec.decode(body.flip());

        assertThat(data.payload().hasRemaining()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readsTheKeepaliveItWrites(boolean replyRequested) {
        Keepalive keepalive = new Keepalive(END, SENT, replyRequested);
        ByteBuffer body = ByteBuffer.allocate(ServerMessageCodec.KEEPALIVE_BYTES);
        ServerMessageCodec.encode(keepalive, body);

        assertThat(body.hasRemaining()).isFalse();
        assertThat(ServerMessageCodec.decode(body.flip())).isEqualTo(keepalive);
    }

    @Test
    void readsWhatPostgresWrites() {
        byte[] body = HexFormat.of().parseHex("6b00000000015000280002d3c2f2bb1e3401");

        Keepalive keepalive = (Keepalive) ServerMessageCodec.decode(ByteBuffer.wrap(body));

        assertThat(keepalive.serverEnd()).isEqualTo(Lsn.parse("0/1500028"));
        assertThat(keepalive.sentAt().micros()).isEqualTo(0x0002_D3C2_F2BB_1E34L);
        assertThat(keepalive.replyRequested()).isTrue();
    }

    @Test
    void takesAnyOtherFlagThanZeroForTrue() {
        ByteBuffer body = ByteBuffer.allocate(ServerMessageCodec.KEEPALIVE_BYTES);
        body.put(0, ServerMessageCodec.KEEPALIVE).put(ServerMessageCodec.KEEPALIVE_BYTES - 1, (byte) 2);

        assertThat(((Keepalive) ServerMessageCodec.decode(body)).replyRequested())
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("allTypes")
    void refusesEveryTypeButItsOwn(int type) {
        ByteBuffer body = ByteBuffer.allocate(64).put(0, (byte) type);
        boolean known = type == ServerMessageCodec.XLOG_DATA;

        if (known) {
            assertThat(ServerMessageCodec.decode(body)).isInstanceOf(XLogData.class);
        } else if (type == ServerMessageCodec.KEEPALIVE) {
            assertThatThrownBy(() -> ServerMessageCodec.decode(body)).isInstanceOf(ProtocolViolationException.class);
        } else {
            assertThatThrownBy(() -> ServerMessageCodec.decode(body))
                    .isInstanceOfSatisfying(
                            ProtocolViolationException.class,
                            e -> assertThat(e.sqlState()).isEqualTo(SqlState.PROTOCOL_VIOLATION))
                    .hasMessage("invalid replication message type " + type);
        }
    }

    private static IntStream allTypes() {
        return IntStream.rangeClosed(0, 255);
    }

    @Test
    void refusesEveryTruncation() {
        for (byte type : new byte[] {ServerMessageCodec.XLOG_DATA, ServerMessageCodec.KEEPALIVE}) {
            int whole = type == ServerMessageCodec.KEEPALIVE
                    ? ServerMessageCodec.KEEPALIVE_BYTES
                    : ServerMessageCodec.XLOG_DATA_HEADER_BYTES;
            for (int length = 0; length < whole; length++) {
                ByteBuffer body = ByteBuffer.allocate(whole).put(0, type).limit(length);
                assertThatThrownBy(() -> ServerMessageCodec.decode(body))
                        .as("%c, %d bytes", type, length)
                        .isInstanceOf(ProtocolViolationException.class);
            }
        }
    }

    @Test
    void refusesAKeepaliveThatIsTooLong() {
        ByteBuffer body = ByteBuffer.allocate(ServerMessageCodec.KEEPALIVE_BYTES + 1);
        body.put(0, ServerMessageCodec.KEEPALIVE);

        assertThatThrownBy(() -> ServerMessageCodec.decode(body))
                .hasMessage("invalid keepalive message received from primary");
    }

    @Test
    void hasAWayToReadEveryMessageButTheEnd() {
        assertThat(ServerMessage.class.getPermittedSubclasses())
                .containsExactlyInAnyOrder(XLogData.class, Keepalive.class, EndOfStream.class);
    }
}
