// SPDX-License-Identifier: Apache-2.0
package io.walcast.fuzz;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes that a target was given, taken from the front: small choices first, then what is parsed. One that is used up
 * gives zeros, so that every input means something. Confined to one thread.
 */
public final class Input {
    private final ByteBuffer bytes;

    /** Reads {@code bytes}. */
    public Input(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    /** Returns the next byte, 0 to 255. */
    public int uint8() {
        return bytes.hasRemaining() ? Byte.toUnsignedInt(bytes.get()) : 0;
    }

    /** Returns the next two bytes, 0 to 65535. */
    public int uint16() {
        return uint8() << Byte.SIZE | uint8();
    }

    /** Returns one of {@code choices}. */
    @SafeVarargs
    public final <T> T oneOf(T... choices) {
        return choices[uint8() % choices.length];
    }

    /** Returns the next {@code length} bytes, or what is left. */
    public byte[] bytes(int length) {
        byte[] taken = new byte[Math.min(length, bytes.remaining())];
        bytes.get(taken);
        return taken;
    }

    /** Returns what is left. */
    public byte[] rest() {
        return bytes(bytes.remaining());
    }

    /** Returns what is left, as text. */
    public String restAsText() {
        return text(rest());
    }

    /** Returns {@code bytes} as text; what is no UTF-8 becomes U+FFFD. */
    public static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Returns {@code bytes} in pieces of {@code size}, the last one shorter. */
    public static byte[][] pieces(byte[] bytes, int size) {
        byte[][] pieces = new byte[(bytes.length + size - 1) / size][];
        for (int i = 0; i < pieces.length; i++) {
            pieces[i] = Arrays.copyOfRange(bytes, i * size, Math.min(bytes.length, (i + 1) * size));
        }
        return pieces;
    }
}
