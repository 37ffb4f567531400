// SPDX-License-Identifier: Apache-2.0
package io.walcast.guc;

import io.walcast.core.error.SqlState;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is known about one setting ({@code struct config_generic}).
 *
 * @param name with PostgreSQL's capitals
 * @param type what values it takes
 * @param context when it may change
 * @param unit of a number
 * @param min smallest number
 * @param max largest number
 * @param choices what an enum may be
 * @param aliases other words for the choices, which no list names
 * @param rule what a text must look like
 * @param preset the default, in the form in which a file would have it
 */
record Setting(
        String name,
        Type type,
        SettingContext context,
        SettingUnit unit,
        int min,
        int max,
        List<String> choices,
        Map<String, String> aliases,
        TextRule rule,
        String preset) {

    /** The version of PostgreSQL from which on a range is told with units. */
    private static final int RANGES_WITH_UNITS = 16;

    enum Type {
        BOOL,
        INTEGER,
        ENUM,
        TEXT
    }

    /** What a text must look like, and the form in which it is shown ({@code check_hook}). */
    @FunctionalInterface
    interface TextRule {
        /** Returns the form in which {@code text} is kept. */
        String canonical(Setting setting, String text, int major);
    }

    static Setting bool(String name, SettingContext context, boolean preset) {
        return of(name, Type.BOOL, context, List.of(), preset ? "on" : "off");
    }

    static Setting number(String name, SettingContext context, SettingUnit unit, int min, int max, String preset) {
        return new Setting(
                name,
                Type.INTEGER,
                context,
                unit,
                min,
                max,
                List.of(),
                Map.of(),
                (setting, text, major) -> text,
                preset);
    }

    static Setting choice(String name, SettingContext context, String preset, String... choices) {
        return of(name, Type.ENUM, context, List.of(choices), preset);
    }

    static Setting text(String name, SettingContext context, String preset) {
        return of(name, Type.TEXT, context, List.of(), preset);
    }

    private static Setting of(String name, Type type, SettingContext context, List<String> choices, String preset) {
        return new Setting(
                name, type, context, SettingUnit.NONE, 0, 0, choices, Map.of(), (setting, text, major) -> text, preset);
    }

    /** Returns the same whose texts follow {@code rule}. */
    Setting withRule(TextRule rule) {
        return new Setting(name, type, context, unit, min, max, choices, aliases, rule, preset);
    }

    /** Returns the same with other words for its choices. */
    Setting withAliases(Map<String, String> words) {
        return new Setting(name, type, context, unit, min, max, choices, words, rule, preset);
    }

    /**
     * Reads a value.
     *
     * @param major the version whose words are used in a refusal
     * @throws InvalidSettingException if the value does not fit
     */
    SettingValue read(String text, int major) {
        return switch (type) {
            case BOOL -> readBool(text);
            case INTEGER -> readNumber(text, major);
            case ENUM -> readChoice(text);
            case TEXT -> SettingValue.text(rule.canonical(this, text, major));
        };
    }

    private SettingValue readBool(String text) {
        Boolean value = BooleanWord.parse(text);
        if (value == null) {
            throw new InvalidSettingException(
                    SqlState.INVALID_PARAMETER_VALUE, "parameter \"" + name + "\" requires a Boolean value");
        }
        return SettingValue.bool(value);
    }

    private SettingValue readNumber(String text, int major) {
        int number = SettingNumber.parse(name, text, unit);
        if (number < min || number > max) {
            String symbol = unit == SettingUnit.NONE ? "" : " " + unit.symbol();
            String bounds = major >= RANGES_WITH_UNITS ? symbol : "";
            throw new InvalidSettingException(
                    SqlState.INVALID_PARAMETER_VALUE,
                    "%d%s is outside the valid range for parameter \"%s\" (%d%s .. %d%s)"
                            .formatted(number, symbol, name, min, bounds, max, bounds));
        }
        return SettingValue.number(number, unit);
    }

    private SettingValue readChoice(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        for (String choice : choices) {
            if (choice.toLowerCase(Locale.ROOT).equals(word)) {
                return SettingValue.text(choice);
            }
        }
        String meant = aliases.get(word);
        if (meant != null) {
            return SettingValue.text(meant);
        }
        throw InvalidSettingException.value(name, text, null, "Available values: " + String.join(", ", choices) + ".");
    }
}
