// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.netty.buffer.ByteBuf;
import io.walcast.core.error.ProtocolViolationException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of a {@link Wire} into frames, in place: type byte, length, body.
 *
 * <p>A body is taken in parts. A part that lies in one read buffer is a view of that buffer; one that does not is put
 * together in memory of its own, which grows with what has arrived, not with what was announced. A view is good until
 * the next call of {@link #releaseLent}.
 *
 * <p>Threading: confined to the owner.
 */
final class FrameReader {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int HEADER_BYTES = 5;
    private static final int FIRST_PIECE_BYTES = 4 << 10;

    private final Wire wire;
    private FrameLimits limits;
    private @Nullable ByteBuf buffer;
    private ByteBuffer view = NOTHING;
    private ByteBuffer partial = NOTHING;
    private boolean inFrame;
    private byte type;
    private int bodyRemaining;

    FrameReader(Wire wire, FrameLimits limits) {
        this.wire = wire;
        this.limits = limits;
    }

    void limitTo(FrameLimits newLimits) {
        limits = newLimits;
    }

    /**
     * Moves to a frame, unless it is in one whose body has not been taken; returns whether it is in one now.
     *
     * @throws ProtocolViolationException if the length cannot be
     */
    boolean next() {
        if (inFrame) {
            return true;
        }
        ByteBuffer header = gather(HEADER_BYTES);
        if (header == null) {
            return false;
        }
        type = header.get();
        int length = header.getInt();
        limits.check(type, length);
        bodyRemaining = length - Integer.BYTES;
        inFrame = true;
        return true;
    }

    byte type() {
        return type;
    }

    int bodyRemaining() {
        return bodyRemaining;
    }

    /** Takes exactly {@code bytes} of the body, or null if they have not all arrived; then call again with the same. */
    @Nullable
    ByteBuffer take(int bytes) {
        if (bytes > bodyRemaining) {
            throw new ProtocolViolationException("insufficient data left in message");
        }
        ByteBuffer taken = gather(bytes);
        if (taken != null) {
            took(bytes);
        }
        return taken;
    }

    /** Takes what is left of the body, or null if it has not all arrived. */
    @Nullable
    ByteBuffer takeRest() {
        return take(bodyRemaining);
    }

    /** Takes as much of the rest of the body as lies in one buffer, or null if nothing has arrived. */
    @Nullable
    ByteBuffer takeSome() {
        if (bodyRemaining == 0) {
            took(0);
            return NOTHING.slice();
        }
        if (!fill()) {
            return null;
        }
        int bytes = Math.min(bodyRemaining, view.remaining());
        ByteBuffer piece = cut(bytes);
        took(bytes);
        return piece;
    }

    private void took(int bytes) {
        bodyRemaining -= bytes;
        inFrame = bodyRemaining > 0;
    }

    private @Nullable ByteBuffer gather(int bytes) {
        if (bytes == 0) {
            return NOTHING.slice();
        }
        if (partial.position() == 0 && fill() && view.remaining() >= bytes) {
            return cut(bytes);
        }
        while (partial.position() < bytes) {
            if (!fill()) {
                return null;
            }
            int part = Math.min(bytes - partial.position(), view.remaining());
            ensurePartial(partial.position() + part, bytes);
            partial.put(cut(part));
        }
        ByteBuffer whole = partial.flip();
        partial = NOTHING;
        return whole;
    }

    private void ensurePartial(int needed, int wanted) {
        if (partial.capacity() < needed) {
            int roomy = Math.max(needed, Math.max(FIRST_PIECE_BYTES, 2 * partial.capacity()));
            partial = ByteBuffer.allocate(Math.min(roomy, wanted)).put(partial.flip());
        }
    }

    private ByteBuffer cut(int bytes) {
        ByteBuffer piece = view.slice(view.position(), bytes);
        view.position(view.position() + bytes);
        return piece;
    }

    /** Returns whether at least one byte can be read; takes the next buffer if the last one is used up. */
    private boolean fill() {
        while (!view.hasRemaining()) {
            ByteBuf following = wire.poll();
            if (following == null) {
                return false;
            }
            releaseBuffer();
            buffer = following;
            view = following.nioBuffer();
        }
        return true;
    }

    /** Gives back what earlier views lay in, if it is used up. */
    void releaseLent() {
        if (!view.hasRemaining()) {
            releaseBuffer();
        }
    }

    private void releaseBuffer() {
        ByteBuf used = buffer;
        if (used != null) {
            buffer = null;
            view = NOTHING;
            int capacity = used.capacity();
            used.release();
            wire.consumed(capacity);
        }
    }

    /** Gives everything back; for the end. */
    void release() {
        releaseBuffer();
        wire.dropInput();
    }
}
