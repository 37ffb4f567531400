// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import java.nio.charset.StandardCharsets;

/** A client's SCRAM message, read from left to right: attributes {@code a=value} with commas between them. */
final class ScramText {
    private static final char END = '\0';

    private final String text;
    private int position;

    private ScramText(String text) {
        this.text = text;
    }

    static ScramText of(byte[] message) {
        if (message.length == 0) {
            throw malformed("The message is empty.");
        }
        // One character for each byte, so that what is signed is what was sent.
        String text = new String(message, StandardCharsets.ISO_8859_1);
        if (text.indexOf(END) >= 0) {
            throw malformed("Message length does not match input length.");
        }
        return new ScramText(text);
    }

    /** An attribute of a message. */
    record Attribute(char name, String value) {}

    String whole() {
        return text;
    }

    /** Returns what has been read. */
    String before() {
        return text.substring(0, position);
    }

    boolean isAtEnd() {
        return position == text.length();
    }

    /** Returns the next character, or a zero at the end. */
    char peek() {
        return isAtEnd() ? END : text.charAt(position);
    }

    void skip() {
        position++;
    }

    void comma() {
        if (peek() != ',') {
            throw malformed("Comma expected, but found character \"%s\".".formatted(shown()));
        }
        position++;
    }

    /** Returns the next character as it may be shown. */
    String shown() {
        char next = peek();
        return next > ' ' && next < 0x7F ? String.valueOf(next) : "0x%02x".formatted((int) next);
    }

    /** Takes the attribute {@code name}, and the comma after it. */
    String attribute(char name) {
        String value = flag(name);
        if (!isAtEnd()) {
            position++;
        }
        return value;
    }

    /** Takes the attribute {@code name}, and not the comma after it. */
    String flag(char name) {
        if (peek() != name) {
            throw malformed("Attribute \"%c\" expected, but found \"%s\".".formatted(name, shown()));
        }
        position++;
        return value(name);
    }

    private String value(char name) {
        if (peek() != '=') {
            throw malformed("Expected character \"=\" for attribute \"%c\".".formatted(name));
        }
        position++;
        int comma = text.indexOf(',', position);
        int end = comma < 0 ? text.length() : comma;
        String value = text.substring(position, end);
        position = end;
        return value;
    }

    /** Takes an attribute of any name, and the comma after it. */
    Attribute anyAttribute() {
        char name = peek();
        if (isAtEnd()) {
            throw malformed("Attribute expected, but found end of string.");
        }
        boolean letter = (name >= 'a' && name <= 'z') || (name >= 'A' && name <= 'Z');
        if (!letter) {
            throw malformed("Attribute expected, but found invalid character \"%s\".".formatted(shown()));
        }
        return new Attribute(name, attribute(name));
    }

    static ServerErrorException malformed(String detail) {
        return new ServerErrorException(
                new ErrorFields("FATAL", SqlState.PROTOCOL_VIOLATION, "malformed SCRAM message", detail, null));
    }
}
