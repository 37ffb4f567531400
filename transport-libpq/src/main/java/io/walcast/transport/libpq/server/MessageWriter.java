// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes messages one behind the other: type, length, body. On the heap, so that one that is never sent is no leak.
 *
 * <p>Confined to one thread.
 */
final class MessageWriter {
    private static final int FIRST_BYTES = 256;

    private byte[] bytes = new byte[FIRST_BYTES];
    private int size;
    private int lengthAt;

    MessageWriter begin(char type) {
        ensure(1 + Integer.BYTES);
        bytes[size++] = (byte) type;
        lengthAt = size;
        size += Integer.BYTES;
        return this;
    }

    MessageWriter end() {
        int length = size - lengthAt;
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[lengthAt + i] = (byte) (length >>> (8 * (Integer.BYTES - 1 - i)));
        }
        return this;
    }

    MessageWriter int8(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
        return this;
    }

    MessageWriter int16(int value) {
        return int8(value >>> 8).int8(value);
    }

    MessageWriter int32(int value) {
        return int16(value >>> 16).int16(value);
    }

    /** Writes a text and the zero byte that ends it; a zero byte in the text would end it early and is left out. */
    MessageWriter string(String value) {
        String clean = value.indexOf('\0') < 0 ? value : value.replace("\0", "");
        return bytes(clean.getBytes(StandardCharsets.UTF_8)).int8(0);
    }

    MessageWriter bytes(byte[] value) {
        ensure(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
        return this;
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(size, more)));
        }
    }

    /** Returns what was written; nothing may be written after it. */
    ByteBuf toBuffer() {
        return Unpooled.wrappedBuffer(bytes, 0, size);
    }
}
