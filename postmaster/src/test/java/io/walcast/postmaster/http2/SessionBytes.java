// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.http2;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The messages of a session as a client writes them, by hand: {@code SessionRequest} of {@code replication.proto}. */
public final class SessionBytes {
    /** Fields of {@code SessionResponse}. */
    public static final int BEGUN = 1;

    public static final int WAL_DATA = 6;
    public static final int KEEPALIVE = 7;
    public static final int READY = 10;
    public static final int ERROR = 11;

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;

    private SessionBytes() {}

    /** Returns {@code Begin} of a session for physical replication. */
    public static byte[] begin(String user, Map<String, String> parameters) {
        Message begin = new Message().text(1, user);
        parameters.forEach(
                (name, value) -> begin.message(4, new Message().text(1, name).text(2, value)));
        return new Message().message(1, begin).bytes();
    }

    /** Returns a command in words. */
    public static byte[] command(String text) {
        return new Message().message(2, new Message().text(9, text)).bytes();
    }

    /** Returns {@code StatusUpdate}. */
    public static byte[] status(long flushed, boolean replyRequested) {
        return new Message()
                .message(5, new Message().number(1, flushed).number(5, replyRequested ? 1 : 0))
                .bytes();
    }

    /** A Protobuf message, written field by field. */
    public static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        /** Adds a number. */
        public Message number(int field, long value) {
            varint(((long) field << 3) | VARINT);
            varint(value);
            return this;
        }

        /** Adds a number of fixed length. */
        public Message fixed64(int field, long value) {
            varint(((long) field << 3) | FIXED64);
            out.writeBytes(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(value)
                    .array());
            return this;
        }

        /** Adds a text. */
        public Message text(int field, String value) {
            return length(field, value.getBytes(StandardCharsets.UTF_8));
        }

        /** Adds a message. */
        public Message message(int field, Message value) {
            return length(field, value.bytes());
        }

        private Message length(int field, byte[] value) {
            varint(((long) field << 3) | LENGTH);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        private void varint(long value) {
            long rest = value;
            while ((rest & ~0x7FL) != 0) {
                out.write((int) ((rest & 0x7F) | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }

        /** Returns what was written. */
        public byte[] bytes() {
            return out.toByteArray();
        }
    }
}
