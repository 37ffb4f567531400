// SPDX-License-Identifier: Apache-2.0
package io.walcast.command;

import io.walcast.command.Token.Kind;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An option as the grammar takes it ({@code DefElem}); the checks of its value are those of {@code defGetBoolean} and its
 * like.
 *
 * @param name folded unless it was quoted
 * @param value an identifier, a string or a number, null if there is none; the text of a number has no leading zeros
 */
record GenericOption(String name, @Nullable Token value) {

    static GenericOption of(String name, String value) {
        return new GenericOption(name, Token.of(Kind.STRING, value));
    }

    static GenericOption ofNumber(String name, String value) {
        return new GenericOption(name, Token.of(Kind.NUMBER, value));
    }

    static GenericOption of(String name) {
        return new GenericOption(name, null);
    }

    boolean asBoolean() {
        if (value == null) {
            return true;
        }
        boolean number = value.kind() == Kind.NUMBER;
        return switch (value.text().toLowerCase(Locale.ROOT)) {
            case "true", "on" -> true;
            case "false", "off" -> false;
            case "1" -> requireBoolean(number, true);
            case "0" -> requireBoolean(number, false);
            default -> requireBoolean(false, false);
        };
    }

    private boolean requireBoolean(boolean valid, boolean result) {
        if (!valid) {
            throw CommandErrors.refused(name + " requires a Boolean value");
        }
        return result;
    }

    String asString() {
        if (value == null) {
            throw CommandErrors.refused(name + " requires a parameter");
        }
        return value.text();
    }

    /** Returns a number; the greatest there is for one that is even greater. */
    long asLong() {
        if (value == null || value.kind() != Kind.NUMBER) {
            throw CommandErrors.refused(name + " requires a numeric value");
        }
        return ReplicationGrammar.value(value.text());
    }

    CommandOption toCommandOption() {
        return new CommandOption(name, value == null ? null : value.text());
    }
}
