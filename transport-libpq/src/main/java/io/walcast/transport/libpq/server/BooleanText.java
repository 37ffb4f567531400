// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's texts for a boolean: each word also by any beginning that is no other's ({@code parse_bool}). */
final class BooleanText {
    private static final List<String> TRUE = List.of("true", "yes");
    private static final List<String> FALSE = List.of("false", "no");

    private BooleanText() {}

    /** Returns the value, or null if it is none. */
    static @Nullable Boolean parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.isEmpty()) {
            return null;
        }
        boolean on = lower.equals("on") || lower.equals("1");
        if (on || begins(TRUE, lower)) {
            return true;
        }
        boolean off = lower.equals("of") || lower.equals("off") || lower.equals("0");
        if (off || begins(FALSE, lower)) {
            return false;
        }
        return null;
    }

    private static boolean begins(List<String> words, String text) {
        return words.stream().anyMatch(word -> word.startsWith(text));
    }
}
