// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.server;

import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The startup parameter {@code options}, as arguments of a server process: {@code -c name=value} and {@code
 * --name=value}. A backslash keeps the next character from ending a word ({@code pg_split_opts}). Stateless.
 */
public final class StartupOptions {
    private StartupOptions() {}

    /**
     * Adds the settings in {@code options}.
     *
     * @throws ServerErrorException 42601 if an argument is none of these
     */
    public static void parse(String options, Map<String, String> settings) {
        List<String> words = split(options);
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.startsWith("--") && word.length() > 2) {
                put(word, word.substring(2), settings);
            } else if (word.startsWith("-c") && word.length() > 2) {
                put("-c " + word.substring(2), word.substring(2), settings);
            } else if (word.equals("-c") && i + 1 < words.size()) {
                i++;
                put("-c " + words.get(i), words.get(i), settings);
            } else {
                throw fatal(
                        SqlState.SYNTAX_ERROR,
                        "invalid command-line argument for server process: " + word,
                        "An option is written as -c name=value or --name=value.");
            }
        }
    }

    private static void put(String shown, String setting, Map<String, String> settings) {
        int equals = setting.indexOf('=');
        if (equals < 0) {
            throw fatal(SqlState.SYNTAX_ERROR, shown + " requires a value", null);
        }
        String name = setting.substring(0, equals).replace('-', '_').toLowerCase(Locale.ROOT);
        settings.remove(name);
        settings.put(name, setting.substring(equals + 1));
    }

    private static List<String> split(String options) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        for (int i = 0; i < options.length(); i++) {
            char c = options.charAt(i);
            if (isSpace(c)) {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                    inWord = false;
                }
                continue;
            }
            inWord = true;
            if (c == '\\' && i + 1 < options.length()) {
                i++;
                c = options.charAt(i);
            } else if (c == '\\') {
                break;
            }
            word.append(c);
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    private static ServerErrorException fatal(SqlState state, String message, @Nullable String hint) {
        return new ServerErrorException(new ErrorFields("FATAL", state, message, null, hint));
    }
}
