// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.walcast.core.Lsn;
import io.walcast.core.error.WalException;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.fuzz.Input;
import io.walcast.ipc.Cancellation;
import io.walcast.ipc.Latch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

final class ReplicationStreamFuzzTest {
    private static final int WINDOW_BYTES = 1 << 20;

    private final EmbeddedChannel channel = new EmbeddedChannel();

    /** The first byte says how the bytes arrive; the WAL and all else is the same as if they had come at once. */
    @FuzzTest
    void receivesTheSameHoweverItArrives(byte[] bytes) {
        Input input = new Input(bytes);
        int pieceBytes = 1 + input.uint8();
        byte[] stream = input.rest();

        List<Object> whole = received(stream, Math.max(1, stream.length), false);

        assertThat(received(stream, pieceBytes, false)).isEqualTo(whole);
        assertThat(received(stream, 1, false)).isEqualTo(whole);
        received(stream, pieceBytes, true);
    }

    private List<Object> received(byte[] stream, int pieceBytes, boolean wholeMessages) {
        Wire wire = new Wire(channel, new Latch(), new Cancellation(), WINDOW_BYTES);
        FrameReader frames = new FrameReader(wire, FrameLimits.PHYSICAL);
        Collector seen = new Collector();
        ServerSession session = new ServerSession(wire, frames, seen.all::add);
        ReplicationStream replication = new ReplicationStream(session, wholeMessages);
        try {
            for (byte[] piece : Input.pieces(stream, pieceBytes)) {
                wire.onRead(UnpooledByteBufAllocator.DEFAULT
                        .directBuffer(piece.length)
                        .writeBytes(piece));
                receiveAll(replication, frames, seen);
            }
        } catch (WalException e) {
            seen.all.add(e.getClass().getSimpleName() + e.sqlState() + e.getMessage());
        } finally {
            wire.close(null);
            frames.release();
        }
        seen.all.add(replication.state());
        return seen.all;
    }

    private static void receiveAll(ReplicationStream replication, FrameReader frames, Collector seen) {
        int idle = 0;
        while (idle < 2) { // after many frames in a row it returns nothing though there is more
            ServerMessage message = replication.receive();
            idle = message == null ? idle + 1 : 0;
            if (message != null) {
                message.dispatchTo(seen);
            }
            frames.releaseLent();
        }
    }

    /** Puts pieces of one message of WAL together again. */
    private static final class Collector implements ServerMessage.Handler {
        private final List<Object> all = new ArrayList<>();

        @Override
        public void onXLogData(ServerMessage.XLogData data) {
            Lsn at = data.start();
            for (ByteBuffer rest = data.payload(); rest.hasRemaining(); at = new Lsn(at.value() + 1)) {
                all.add(at + " " + data.serverEnd() + " " + data.sentAt() + " " + rest.get());
            }
        }

        @Override
        public void onKeepalive(ServerMessage.Keepalive keepalive) {
            all.add(keepalive);
        }

        @Override
        public void onEndOfStream(ServerMessage.EndOfStream end) {
            all.add(end);
        }
    }
}
