// SPDX-License-Identifier: Apache-2.0
package io.walcast.guc;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads a Boolean as PostgreSQL does ({@code parse_bool}): 1, 0, and what true, false, yes, no, on and off begin with. */
public final class BooleanWord {
    private BooleanWord() {}

    /** Returns what {@code text} stands for, null if nothing. */
    public static @Nullable Boolean parse(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        if (word.isEmpty()) {
            return null;
        }
        if ("true".startsWith(word) || "yes".startsWith(word) || word.equals("on") || word.equals("1")) {
            return true;
        }
        boolean off = (word.length() > 1 && "off".startsWith(word)) || word.equals("0");
        return (off || "false".startsWith(word) || "no".startsWith(word)) ? Boolean.FALSE : null;
    }
}
