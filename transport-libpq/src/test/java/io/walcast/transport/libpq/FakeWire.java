// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.walcast.core.error.ErrorFields;
import io.walcast.ipc.Cancellation;
import io.walcast.ipc.Latch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A wire without a socket: a test puts bytes in as an event loop would, in the pieces it likes. */
final class FakeWire implements AutoCloseable {
    static final int WINDOW_BYTES = 1 << 20;

    final EmbeddedChannel channel = new EmbeddedChannel();
    final Latch latch = new Latch();
    final Cancellation cancellation = new Cancellation();
    final Wire wire = new Wire(channel, latch, cancellation, WINDOW_BYTES);
    final FrameReader frames = new FrameReader(wire, FrameLimits.PHYSICAL);
    final List<ErrorFields> notices = new ArrayList<>();
    final ServerSession session = new ServerSession(wire, frames, notices::add);

    /** The bytes arrive in one piece. */
    FakeWire arrive(byte[] bytes) {
        wire.onRead(PooledByteBufAllocator.DEFAULT
                .directBuffer(Math.max(1, bytes.length))
                .writeBytes(bytes));
        wire.onReadComplete();
        return this;
    }

    /** The bytes arrive in pieces of {@code size}. */
    FakeWire arrive(byte[] bytes, int size) {
        for (int at = 0; at < bytes.length; at += size) {
            byte[] piece = new byte[Math.min(size, bytes.length - at)];
            System.arraycopy(bytes, at, piece, 0, piece.length);
            arrive(piece);
        }
        return this;
    }

    /** The server closes. */
    FakeWire end() {
        wire.onEnd();
        return this;
    }

    /** Returns a frame of that type. */
    static byte[] frame(char type, byte[] body) {
        return ByteBuffer.allocate(5 + body.length)
                .put((byte) type)
                .putInt(4 + body.length)
                .put(body)
                .array();
    }

    static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    @Override
    public void close() {
        wire.close(null);
        frames.release();
        channel.finishAndReleaseAll();
    }
}
