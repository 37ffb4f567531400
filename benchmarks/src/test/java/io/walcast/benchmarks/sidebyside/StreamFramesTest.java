// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessageCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StreamFramesTest {
    private static final Lsn START = Lsn.parse("0/1000000");
    private static final PgTimestamp NOW = new PgTimestamp(0);

    private final ByteBuffer stream = ByteBuffer.allocate(1 << 12);

    private StreamFramesTest copyBoth() {
        stream.put((byte) 'W').putInt(7).put((byte) 0).putShort((short) 0);
        return this;
    }

    private StreamFramesTest wal(Lsn start, int bytes) {
        stream.put((byte) 'd').putInt(Integer.BYTES + ServerMessageCodec.XLOG_DATA_HEADER_BYTES + bytes);
        ServerMessageCodec.encodeXLogDataHeader(start, start.plus(bytes), NOW, stream);
        stream.put(new byte[bytes]);
        return this;
    }

    private StreamFramesTest keepalive(boolean replyRequested) {
        stream.put((byte) 'd').putInt(Integer.BYTES + ServerMessageCodec.KEEPALIVE_BYTES);
        ServerMessageCodec.encode(new ServerMessage.Keepalive(START, NOW, replyRequested), stream);
        return this;
    }

    @Test
    void findsItsPositionHoweverTheStreamIsCut() {
        copyBoth().wal(START, 300).keepalive(true).wal(START.plus(300), 1).keepalive(false);
        ByteBuffer all = stream.flip();

        for (int piece = 1; piece <= all.limit(); piece++) {
            StreamFrames frames = new StreamFrames(START);
            int asked = 0;
            for (int at = 0; at < all.limit(); at += piece) {
                if (frames.take(all.slice(at, Math.min(piece, all.limit() - at)))) {
                    asked++;
                }
            }
            assertThat(frames.position()).isEqualTo(START.plus(301));
            assertThat(asked).isEqualTo(1);
        }
    }

    @Test
    void countsOnlyTheWalThatHasCome() {
        wal(START, 300);
        StreamFrames frames = new StreamFrames(START);

        frames.take(stream.flip().limit(stream.limit() - 100));

        assertThat(frames.position()).isEqualTo(START.plus(200));
    }

    @Test
    void refusesWalFromElsewhere() {
        wal(START, 10).wal(START.plus(11), 10);

        assertThatThrownBy(() -> new StreamFrames(START).take(stream.flip()))
                .isInstanceOf(MeasurementException.class)
                .hasMessage("WAL from 0/100000B on (expected: 0/100000A)");
    }

    @Test
    void tellsWhatTheServerSaidInsteadOfWal() {
        byte[] fields = "SERROR\0C58P01\0Mgone\0\0".getBytes(StandardCharsets.UTF_8);
        stream.put((byte) 'E').putInt(Integer.BYTES + fields.length).put(fields);

        assertThatThrownBy(() -> new StreamFrames(START).take(stream.flip()))
                .isInstanceOf(MeasurementException.class)
                .hasMessage("message 'E' at 0/1000000: SERROR C58P01 Mgone");
    }
}
