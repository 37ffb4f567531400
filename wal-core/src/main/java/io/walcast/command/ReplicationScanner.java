// SPDX-License-Identifier: Apache-2.0
package io.walcast.command;

import io.walcast.command.Token.Kind;

/**
 * Cuts a command into tokens, each character looked at a bounded number of times.
 *
 * <pre>
 * keyword     upper case only
 * identifier  [A-Za-z_] or beyond ASCII, then digits and $ too, folded in ASCII; or "…", in which "" is one quote
 * string      '…', in which '' is one quote and nothing else is special
 * number      decimal digits
 * LSN         hexadecimal digits / hexadecimal digits, nothing between
 * symbol      any other character
 * </pre>
 *
 * <p>Threading: one caller.
 */
final class ReplicationScanner {
    private static final int VERTICAL_TAB_IS_SPACE = 17;

    private final String text;
    private final int major;
    private int at;

    ReplicationScanner(String text, int major) {
        this.text = text;
        this.major = major;
    }

    /** Returns the next token; at the end, {@link Kind#END} again and again. */
    Token next() {
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        if (at == text.length()) {
            return Token.of(Kind.END, "");
        }
        int start = at;
        char first = text.charAt(start);
        if (first == '\'') {
            return quoted(first, Kind.STRING);
        }
        if (first == '"') {
            return quoted(first, Kind.IDENTIFIER);
        }
        int lsnEnd = endOfLsn(start);
        if (lsnEnd > start) {
            at = lsnEnd;
            return Token.of(Kind.LSN, text.substring(start, at));
        }
        if (isDigit(first)) {
            do {
                at++;
            } while (at < text.length() && isDigit(text.charAt(at)));
            return Token.of(Kind.NUMBER, text.substring(start, at));
        }
        if (isIdentifierStart(first)) {
            return word();
        }
        at++;
        return Token.of(Kind.SYMBOL, text.substring(start, at));
    }

    private Token word() {
        int start = at;
        do {
            at++;
        } while (at < text.length() && isIdentifierPart(text.charAt(at)));
        String word = text.substring(start, at);
        Keyword keyword = isUpperCase(word.charAt(0)) ? Keyword.of(word, major) : null;
        return keyword == null ? Token.of(Kind.IDENTIFIER, folded(word)) : new Token(Kind.KEYWORD, word, keyword);
    }

    /** Reads what stands between two quotes; a quote that is doubled is part of it. */
    private Token quoted(char quote, Kind kind) {
        StringBuilder content = new StringBuilder();
        int from = at + 1;
        while (true) {
            int end = text.indexOf(quote, from);
            if (end < 0) {
                throw CommandErrors.refused("unterminated quoted string");
            }
            content.append(text, from, end);
            from = end + 1;
            if (from == text.length() || text.charAt(from) != quote) {
                at = from;
                return Token.of(kind, content.toString());
            }
            content.append(quote);
            from++;
        }
    }

    /** Returns where the LSN that begins at {@code start} ends, or {@code start} if there is none. */
    private int endOfLsn(int start) {
        int slash = endOfHexDigits(start);
        if (slash == start || slash == text.length() || text.charAt(slash) != '/') {
            return start;
        }
        int end = endOfHexDigits(slash + 1);
        return end == slash + 1 ? start : end;
    }

    private int endOfHexDigits(int from) {
        int end = from;
        while (end < text.length() && isHexDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private boolean isSpace(char c) {
        return switch (c) {
            case ' ', '\t', '\n', '\r', '\f' -> true;
            case 0x0B -> major >= VERTICAL_TAB_IS_SPACE;
            default -> false;
        };
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isHexDigit(char c) {
        return isDigit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
    }

    private static boolean isIdentifierStart(char c) {
        return isUpperCase(c) || (c >= 'a' && c <= 'z') || c == '_' || c >= 0x80;
    }

    private static boolean isIdentifierPart(char c) {
        return isIdentifierStart(c) || isDigit(c) || c == '$';
    }

    /** Folds A to Z and no other letter. */
    static String folded(String word) {
        int first = 0;
        while (first < word.length() && !isUpperCase(word.charAt(first))) {
            first++;
        }
        if (first == word.length()) {
            return word;
        }
        StringBuilder folded = new StringBuilder(word);
        for (int i = first; i < word.length(); i++) {
            char c = word.charAt(i);
            if (isUpperCase(c)) {
                folded.setCharAt(i, (char) (c + ('a' - 'A')));
            }
        }
        return folded.toString();
    }

    private static boolean isUpperCase(char c) {
        return c >= 'A' && c <= 'Z';
    }
}
