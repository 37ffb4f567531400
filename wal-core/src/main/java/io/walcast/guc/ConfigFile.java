// SPDX-License-Identifier: Apache-2.0
package io.walcast.guc;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the syntax of {@code postgresql.conf} (manual, "Parameter Interaction via the Configuration File"). Stateless. */
final class ConfigFile {
    private static final String WORD = "[A-Za-z_\\u0080-\\uFFFF][A-Za-z_0-9\\u0080-\\uFFFF]*";
    private static final Pattern NAME = Pattern.compile(WORD + "(?:\\." + WORD + ")?");
    private static final Pattern QUOTED = Pattern.compile("'(?:[^'\\\\]|\\\\.|'')*+'");
    private static final Pattern BARE = Pattern.compile("[A-Za-z_\\u0080-\\uFFFF][A-Za-z_0-9\\u0080-\\uFFFF._:/-]*"
            + "|[+-]?[0-9]*\\.[0-9]*(?:[eE][+-]?[0-9]+)?|[+-]?(?:0x[0-9A-Fa-f]+|[0-9]+)[A-Za-z]*");
    private static final Pattern BLANKS = Pattern.compile("[ \\t\\r\\f]*");

    private ConfigFile() {}

    /**
     * One assignment.
     *
     * @param line where it stands, from 1
     */
    record Entry(String name, String value, int line) {}

    /**
     * Returns all assignments, in order.
     *
     * @param file the name to put into errors
     * @throws ConfigurationException with line and token if a line cannot be read
     */
    static List<Entry> parse(String text, String file) {
        List<Entry> entries = new ArrayList<>();
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            parseLine(lines[i], i + 1, file, entries);
        }
        return entries;
    }

    private static void parseLine(String line, int number, String file, List<Entry> entries) {
        Matcher matcher = BLANKS.matcher(line);
        int at = skip(matcher, 0);
        if (ends(line, at)) {
            return;
        }
        if (!matcher.usePattern(NAME).region(at, line.length()).lookingAt()) {
            throw syntaxError(line, at, number, file);
        }
        String name = matcher.group();
        at = skip(matcher, matcher.end());
        if (at < line.length() && line.charAt(at) == '=') {
            at = skip(matcher, at + 1);
        }
        boolean quoted = at < line.length() && line.charAt(at) == '\'';
        if (!matcher.usePattern(quoted ? QUOTED : BARE)
                        .region(at, line.length())
                        .lookingAt()
                || matcher.end() == at) {
            throw syntaxError(line, at, number, file);
        }
        String value = quoted ? unquote(matcher.group()) : matcher.group();
        at = skip(matcher, matcher.end());
        if (!ends(line, at)) {
            throw syntaxError(line, at, number, file);
        }
        if (name.toLowerCase(Locale.ROOT).startsWith("include") && SettingTable.find(name) == null) {
            throw new ConfigurationException(
                    SqlState.FEATURE_NOT_SUPPORTED,
                    "%s, line %d: \"%s\" is not supported".formatted(file, number, name));
        }
        entries.add(new Entry(name, value, number));
    }

    private static int skip(Matcher matcher, int from) {
        matcher.usePattern(BLANKS).region(from, matcher.regionEnd());
        return matcher.lookingAt() ? matcher.end() : from;
    }

    private static boolean ends(String line, int at) {
        return at == line.length() || line.charAt(at) == '#';
    }

    private static String unquote(String quoted) {
        StringBuilder value = new StringBuilder();
        int end = quoted.length() - 1;
        for (int i = 1; i < end; i++) {
            char c = quoted.charAt(i);
            if (c == '\'') {
                i++; // the second of two
            } else if (c == '\\') {
                i++;
                c = quoted.charAt(i);
                if (c >= '0' && c <= '7') {
                    int code = 0;
                    int last = Math.min(i + 3, end);
                    while (i < last && quoted.charAt(i) >= '0' && quoted.charAt(i) <= '7') {
                        code = code * 8 + quoted.charAt(i) - '0';
                        i++;
                    }
                    i--;
                    c = (char) code;
                } else {
                    c = escaped(c);
                }
            }
            value.append(c);
        }
        return value.toString();
    }

    private static char escaped(char c) {
        return switch (c) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> c;
        };
    }

    private static ConfigurationException syntaxError(String line, int at, int number, String file) {
        String where = "syntax error in file \"%s\" line %d, near ".formatted(file, number);
        if (ends(line, at)) {
            return new ConfigurationException(SqlState.SYNTAX_ERROR, where + "end of line");
        }
        String token = line.substring(at).split("[ \\t\\r]", 2)[0];
        return new ConfigurationException(SqlState.SYNTAX_ERROR, where + "token \"" + token + "\"");
    }
}
