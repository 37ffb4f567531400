// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ConfigurationException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parses {@code keyword = value} pairs with libpq's quoting: single quotes, and a backslash before either. */
final class KeywordConninfo {
    private final String text;
    private final Map<ConninfoKeyword, String> values;
    private int at;
    private @Nullable ConninfoKeyword last;

    KeywordConninfo(String text, Map<ConninfoKeyword, String> values) {
        this.text = text;
        this.values = values;
    }

    void parse() {
        skipSpace();
        while (at < text.length()) {
            String word = word();
            skipSpace();
            if (at == text.length() || text.charAt(at) != '=') {
                throw new ConfigurationException(
                        "missing \"=\" after \"%s\" in connection info string".formatted(shown(word)));
            }
            at++;
            skipSpace();
            String value = at < text.length() && text.charAt(at) == '\'' ? quotedValue() : bareValue();
            last = put(word, value);
            skipSpace();
        }
    }

    private ConninfoKeyword put(String word, String value) {
        if (word.equals(Conninfo.REQUIRESSL)) {
            values.put(ConninfoKeyword.SSLMODE, Conninfo.sslmodeOfRequiressl(value));
            return ConninfoKeyword.SSLMODE;
        }
        ConninfoKeyword keyword = ConninfoKeyword.of(word);
        if (keyword == null) {
            throw new ConfigurationException("invalid connection option \"%s\"".formatted(shown(word)));
        }
        values.put(keyword, value);
        return keyword;
    }

    /** What follows a secret may be the rest of it, written without quotes. */
    private String shown(String word) {
        return last != null && last.isSecret() ? "***" : word;
    }

    private String word() {
        int start = at;
        while (at < text.length() && text.charAt(at) != '=' && !isSpace(text.charAt(at))) {
            at++;
        }
        return text.substring(start, at);
    }

    private String bareValue() {
        StringBuilder value = new StringBuilder();
        while (at < text.length() && !isSpace(text.charAt(at))) {
            value.append(character());
        }
        return value.toString();
    }

    private String quotedValue() {
        StringBuilder value = new StringBuilder();
        at++;
        while (at < text.length()) {
            if (text.charAt(at) == '\'') {
                at++;
                return value.toString();
            }
            value.append(character());
        }
        throw new ConfigurationException("unterminated quoted string in connection info string");
    }

    private char character() {
        char c = text.charAt(at++);
        if (c != '\\') {
            return c;
        }
        if (at == text.length()) {
            throw new ConfigurationException("backslash at end of connection info string");
        }
        return text.charAt(at++);
    }

    private void skipSpace() {
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
    }

    /** C's isspace. */
    static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
}
