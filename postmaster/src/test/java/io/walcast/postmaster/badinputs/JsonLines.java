// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import java.util.LinkedHashMap;
import java.util.Map;

/** Reads one JSON object without nesting; every value as text, null as empty. */
final class JsonLines {
    private final String text;
    private int at;

    private JsonLines(String text) {
        this.text = text;
    }

    static Map<String, String> parse(String line) {
        return new JsonLines(line).object();
    }

    private Map<String, String> object() {
        Map<String, String> members = new LinkedHashMap<>();
        expect('{');
        while (peek() != '}') {
            String name = string();
            expect(':');
            members.put(name, peek() == '"' ? string() : literal());
            if (peek() == ',') {
                at++;
            }
        }
        return members;
    }

    private String string() {
        expect('"');
        StringBuilder value = new StringBuilder();
        while (text.charAt(at) != '"') {
            char c = text.charAt(at++);
            value.append(c == '\\' ? escaped() : c);
        }
        at++;
        return value.toString();
    }

    private char escaped() {
        char c = text.charAt(at++);
        return switch (c) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                at += 4;
                yield (char) Integer.parseInt(text, at - 4, at, 16);
            }
            default -> c;
        };
    }

    private String literal() {
        int start = at;
        while (",} \t".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String value = text.substring(start, at);
        return value.equals("null") ? "" : value;
    }

    private char peek() {
        while (Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return text.charAt(at);
    }

    private void expect(char c) {
        if (peek() != c) {
            throw new IllegalArgumentException("JSON: '%s' at %d (expected: '%s')".formatted(peek(), at, c));
        }
        at++;
    }
}
