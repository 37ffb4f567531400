// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.http2;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A frame: RFC 9113, section 4.1.
 *
 * @param type one of the constants, or any other
 * @param flags of the type
 * @param stream 0 for the connection
 * @param payload what follows the header
 */
public record Frame(int type, int flags, int stream, ByteBuffer payload) {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int PRIORITY = 2;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PUSH_PROMISE = 5;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;

    public static final int END_STREAM = 1;
    public static final int ACK = 1;
    public static final int END_HEADERS = 4;

    public static final int HEADER_TABLE_SIZE = 1;
    public static final int INITIAL_WINDOW_SIZE = 4;
    public static final int MAX_HEADER_LIST_SIZE = 6;

    public static final int CANCEL = 8;
    public static final int COMPRESSION_ERROR = 9;
    public static final int ENHANCE_YOUR_CALM = 11;

    static final int HEADER_BYTES = 9;
    private static final int SETTING_BYTES = 6;

    /** Returns what a client says first, before any frame. */
    public static byte[] preface() {
        return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns settings, given as identifiers and values in turn. */
    public static Frame settings(int... identifiersAndValues) {
        ByteBuffer payload = ByteBuffer.allocate(identifiersAndValues.length / 2 * SETTING_BYTES);
        for (int i = 0; i < identifiersAndValues.length; i += 2) {
            payload.putShort((short) identifiersAndValues[i]).putInt(identifiersAndValues[i + 1]);
        }
        return new Frame(SETTINGS, 0, 0, payload.flip());
    }

    /** Returns a frame whose payload is one number of 32 bits: a window update, a reset. */
    public static Frame ofNumber(int type, int stream, int number) {
        return new Frame(type, 0, stream, ByteBuffer.allocate(Integer.BYTES).putInt(0, number));
    }

    /** Returns a ping. */
    public static Frame ping(long content) {
        return new Frame(PING, 0, 0, ByteBuffer.allocate(Long.BYTES).putLong(0, content));
    }

    /** Returns the number at {@code offset} of the payload. */
    public int number(int offset) {
        return payload.getInt(offset);
    }

    /** Returns whether the flag is set. */
    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Returns the frame as it goes over the wire. */
    public byte[] bytes() {
        int length = payload.remaining();
        return ByteBuffer.allocate(HEADER_BYTES + length)
                .putInt((length << 8) | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload.duplicate())
                .array();
    }
}
