// SPDX-License-Identifier: Apache-2.0
package io.walcast.command;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the scanner finds.
 *
 * @param kind what it is
 * @param text an identifier folded, of any length; the content of a string; otherwise as written
 * @param keyword which one, null unless it is a {@link Kind#KEYWORD}
 */
record Token(Kind kind, String text, @Nullable Keyword keyword) {
    /** {@code NAMEDATALEN} less the zero byte. */
    static final int MAX_IDENTIFIER_BYTES = 63;

    enum Kind {
        KEYWORD,
        IDENTIFIER,
        STRING,
        NUMBER,
        LSN,
        /** One character that is nothing else. */
        SYMBOL,
        END
    }

    static Token of(Kind kind, String text) {
        return new Token(kind, text, null);
    }

    boolean is(Keyword wanted) {
        return keyword == wanted;
    }

    boolean isSymbol(char wanted) {
        return kind == Kind.SYMBOL && text.charAt(0) == wanted;
    }

    /** Returns the text, cut to what an identifier may have, but never within a character. */
    String truncated() {
        if (text.length() <= MAX_IDENTIFIER_BYTES / 3 || bytes(text) <= MAX_IDENTIFIER_BYTES) {
            return text;
        }
        int end = 0;
        int length = 0;
        while (true) {
            int next = text.offsetByCodePoints(end, 1);
            length += bytes(text.substring(end, next));
            if (length > MAX_IDENTIFIER_BYTES) {
                return text.substring(0, end);
            }
            end = next;
        }
    }

    static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
