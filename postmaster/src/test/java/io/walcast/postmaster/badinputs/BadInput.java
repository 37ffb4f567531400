// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/**
 * One case: bytes, where they turn up, and the answer they must get.
 *
 * @param id names the case in reports; nothing else may depend on it
 * @param kind which parser is to judge it
 * @param name what is wrong with it, sometimes what surrounds it
 * @param hex the bytes, or the beginning of them where the name tells a rule
 * @param action the answer, for example {@code end of WAL}
 * @param sqlState the SQLSTATE that goes with it; empty if none is stated
 * @param message its text or what it is about; empty if none is stated
 */
record BadInput(String id, String kind, String name, String hex, String action, String sqlState, String message) {

    static BadInput of(Map<String, String> row) {
        return new BadInput(
                row.getOrDefault("id", "?"),
                row.getOrDefault("parser", row.getOrDefault("kind", "?")),
                row.getOrDefault("name", ""),
                row.getOrDefault("hex", ""),
                row.getOrDefault("action", ""),
                row.getOrDefault("sqlstate", ""),
                row.getOrDefault("message", ""));
    }

    /** Returns the bytes of {@link #hex}. */
    byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    /** Returns whether the name has one of {@code words} in it, whatever the case. */
    boolean isAbout(String... words) {
        String lower = name.toLowerCase(Locale.ROOT);
        for (String word : words) {
            if (lower.contains(word)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether the stated action begins with {@code words}. */
    boolean wants(String words) {
        return action.startsWith(words);
    }

    @Override
    public String toString() {
        return "%s %s: %s".formatted(id, kind, name);
    }
}
