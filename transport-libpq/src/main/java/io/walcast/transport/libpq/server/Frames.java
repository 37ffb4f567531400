// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.buffer.ByteBuf;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.SqlState;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Cuts what a peer sends into messages: type, length, body. Nothing is allocated by a length field. Stateless. */
final class Frames {
    static final int HEADER_BYTES = 5;

    private Frames() {}

    /** Returns the type of the next message, or -1 if nothing of it has come. */
    static int type(ByteBuf input) {
        return input.isReadable() ? input.getUnsignedByte(input.readerIndex()) : -1;
    }

    /** Returns the length field of the next message, or -1 if it has not come. */
    static int length(ByteBuf input) {
        if (input.readableBytes() < HEADER_BYTES) {
            return -1;
        }
        int length = input.getInt(input.readerIndex() + 1);
        if (length < Integer.BYTES) {
            throw new ProtocolViolationException("invalid message length");
        }
        return length;
    }

    /**
     * Takes the next message; returns its body, which is a view good until the input is touched again, or null if it has
     * not all come.
     *
     * @throws ProtocolViolationException if its length is impossible, or above {@code limit} with what {@code tooLong} says
     */
    static @Nullable ByteBuf take(ByteBuf input, int limit, TooLong tooLong) {
        int length = length(input);
        if (length < 0) {
            return null;
        }
        if (length - Integer.BYTES > limit) {
            throw new ProtocolViolationException(tooLong.state(), tooLong.message());
        }
        if (input.readableBytes() < 1 + length) {
            return null;
        }
        input.skipBytes(HEADER_BYTES);
        return input.readSlice(length - Integer.BYTES);
    }

    /** What is said of a message above its limit. */
    record TooLong(SqlState state, String message) {
        static final TooLong INVALID_LENGTH = new TooLong(SqlState.PROTOCOL_VIOLATION, "invalid message length");
    }

    /**
     * Takes a text up to its zero byte.
     *
     * @throws ProtocolViolationException if there is none
     */
    static String string(ByteBuf body) {
        int bytes = body.bytesBefore((byte) 0);
        if (bytes < 0) {
            throw new ProtocolViolationException("invalid string in message");
        }
        String value = body.toString(body.readerIndex(), bytes, StandardCharsets.UTF_8);
        body.skipBytes(bytes + 1);
        return value;
    }
}
