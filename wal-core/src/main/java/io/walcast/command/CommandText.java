// SPDX-License-Identifier: Apache-2.0
package io.walcast.command;

import io.walcast.core.error.SqlState;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Turns a command's bytes into text, if they are one. */
final class CommandText {
    private static final SqlState CHARACTER_NOT_IN_REPERTOIRE = new SqlState("22021");

    private CommandText() {}

    static String decode(byte[] bytes, int maxBytes) {
        if (bytes.length > maxBytes) {
            throw CommandErrors.tooLong(
                    "replication command of %d bytes is too long (max %d bytes)".formatted(bytes.length, maxBytes));
        }
        for (byte b : bytes) {
            if (b == 0) {
                throw CommandErrors.error(SqlState.PROTOCOL_VIOLATION, "invalid message format");
            }
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            throw CommandErrors.error(
                    CHARACTER_NOT_IN_REPERTOIRE,
                    "invalid byte sequence for encoding \"UTF8\":" + character(bytes, in.position()));
        }
        return out.flip().toString();
    }

    /** Prints as many bytes as the first one says the character has. */
    private static String character(byte[] bytes, int start) {
        StringBuilder text = new StringBuilder();
        int end = Math.min(bytes.length, start + length(bytes[start]));
        for (int i = start; i < end; i++) {
            text.append(" 0x%02x".formatted(bytes[i] & 0xFF));
        }
        return text.toString();
    }

    private static int length(byte first) {
        if ((first & 0xE0) == 0xC0) {
            return 2;
        }
        if ((first & 0xF0) == 0xE0) {
            return 3;
        }
        return (first & 0xF8) == 0xF0 ? 4 : 1;
    }
}
