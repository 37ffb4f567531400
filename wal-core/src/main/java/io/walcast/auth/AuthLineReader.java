// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import io.walcast.core.error.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes an authentication file apart as {@code hba.c} does. Fields are parted by blanks, the words of a field by commas;
 * {@code #} begins a comment, and a backslash at the end joins the next line. Between double quotes all of these are plain,
 * and two quotes are one.
 *
 * <p>Threading: one thread; used once.
 */
final class AuthLineReader {
    private static final int MAX_LINE = 1 << 16;

    private final String file;
    private final List<AuthLine> lines = new ArrayList<>();
    private String line = "";
    private int at;
    private boolean comma;

    private AuthLineReader(String file) {
        this.file = file;
    }

    /**
     * Returns the lines that hold something.
     *
     * @param file its name, for errors
     * @throws ConfigurationException if another file is to be included, which is not supported
     */
    static List<AuthLine> read(String text, String file) {
        AuthLineReader reader = new AuthLineReader(file);
        String[] physical = text.split("\n", -1);
        for (int i = 0; i < physical.length; i++) {
            int first = i + 1;
            String part = withoutReturn(physical[i]);
            StringBuilder joined = new StringBuilder(part);
            while (part.endsWith("\\") && i + 1 < physical.length) {
                joined.setLength(joined.length() - 1);
                i++;
                part = withoutReturn(physical[i]);
                joined.append(part);
            }
            if (part.endsWith("\\")) {
                joined.setLength(joined.length() - 1);
            }
            reader.take(joined.toString(), first);
        }
        return reader.lines;
    }

    /** Returns whether a line of a file, or the last one of several, goes on in the next. */
    static boolean goesOn(String line) {
        return withoutReturn(line).endsWith("\\");
    }

    private static String withoutReturn(String line) {
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }

    private void take(String text, int number) {
        line = text;
        at = 0;
        List<List<AuthToken>> fields = new ArrayList<>();
        AuthLine result = new AuthLine(file, number, fields);
        if (text.length() > MAX_LINE) {
            throw result.error("line too long");
        }
        if (text.indexOf('\0') >= 0) {
            throw result.error("null byte in line");
        }
        while (at < line.length()) {
            List<AuthToken> field = nextField(result);
            if (!field.isEmpty()) {
                fields.add(field);
            }
        }
        if (!fields.isEmpty()) {
            requireNoInclude(result);
            lines.add(result);
        }
    }

    private static void requireNoInclude(AuthLine line) {
        AuthToken first = line.fields().get(0).get(0);
        for (String directive : List.of("include", "include_if_exists", "include_dir")) {
            if (first.isKeyword(directive)) {
                throw line.unsupported("\"" + directive + "\" is");
            }
        }
    }

    private List<AuthToken> nextField(AuthLine line) {
        List<AuthToken> words = new ArrayList<>();
        AuthToken word;
        do {
            word = nextWord();
            if (word == null) {
                break;
            }
            if (!word.quoted() && word.text().length() > 1 && word.text().startsWith("@")) {
                throw line.unsupported("a list in a file (\"" + word.text() + "\") is");
            }
            words.add(word);
        } while (comma);
        return words;
    }

    private @Nullable AuthToken nextWord() {
        comma = false;
        while (at < line.length() && (isBlank(line.charAt(at)) || line.charAt(at) == ',')) {
            at++;
        }
        StringBuilder word = new StringBuilder();
        boolean inQuotes = false;
        boolean wasQuote = false;
        boolean sawQuote = false;
        boolean initialQuote = false;
        for (; at < line.length(); at++) {
            char c = line.charAt(at);
            if (!inQuotes && isBlank(c)) {
                break;
            }
            if (!inQuotes && c == '#') {
                at = line.length();
                break;
            }
            if (!inQuotes && c == ',') {
                comma = true;
                at++;
                break;
            }
            if (c != '"' || wasQuote) {
                word.append(c);
            }
            wasQuote = inQuotes && c == '"' && !wasQuote;
            if (c == '"') {
                inQuotes = !inQuotes;
                sawQuote = true;
                initialQuote |= word.length() == 0;
            }
        }
        return sawQuote || word.length() > 0 ? new AuthToken(word.toString(), initialQuote) : null;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
    }
}
