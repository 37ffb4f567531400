// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.fuzz.ParserContract;
import java.nio.ByteBuffer;
import java.util.Optional;

final class ReplicationMessagesFuzzTest {

    @FuzzTest
    void readsOfAServerWhatAServerWrites(byte[] bytes) {
        Optional<ServerMessage> read = ParserContract.parse(
                bytes.length,
                ProtocolViolationException.class,
                () -> ServerMessageCodec.decode(ByteBuffer.wrap(bytes)));

        if (read.isPresent()) {
            assertThat(ServerMessageCodec.decode(written(read.get(), bytes.length)))
                    .isEqualTo(read.get());
        }
    }

    private static ByteBuffer written(ServerMessage message, int bytes) {
        ByteBuffer out = ByteBuffer.allocate(Math.max(bytes, ServerMessageCodec.XLOG_DATA_HEADER_BYTES));
        message.dispatchTo(new ServerMessage.Handler() {
            @Override
            public void onXLogData(ServerMessage.XLogData data) {
                ServerMessageCodec.encodeXLogDataHeader(data.start(), data.serverEnd(), data.sentAt(), out);
                out.put(data.payload().duplicate());
            }

            @Override
            public void onKeepalive(ServerMessage.Keepalive keepalive) {
                ServerMessageCodec.encode(keepalive, out);
            }

            @Override
            public void onEndOfStream(ServerMessage.EndOfStream end) {
                throw new AssertionError("no body");
            }
        });
        return out.flip();
    }

    @FuzzTest
    void readsOfAStandbyWhatAStandbyWrites(byte[] bytes) {
        ByteBuffer body = ByteBuffer.wrap(bytes);
        Optional<StandbyMessage> read = ParserContract.parse(
                bytes.length, ProtocolViolationException.class, () -> StandbyMessageCodec.decode(body.clear()));

        if (read.isPresent()) {
            ByteBuffer written = ByteBuffer.allocate(StandbyMessageCodec.STATUS_UPDATE_BYTES);
            StandbyMessageCodec.encode(read.get(), written);
            assertThat(StandbyMessageCodec.decode(written.flip())).isEqualTo(read.get());
            assertThat(body.hasRemaining()).isFalse();
        }
    }
}
