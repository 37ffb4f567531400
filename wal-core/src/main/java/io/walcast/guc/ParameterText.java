// SPDX-License-Identifier: Apache-2.0
package io.walcast.guc;

import io.walcast.core.error.ConfigurationException;
import java.time.Duration;

/**
 * Reads values of parameters that are no settings of the node's, in an address for example, as those of settings are read.
 * Stateless.
 */
public final class ParameterText {
    private static final int MILLIS_PER_SECOND = 1_000;

    private ParameterText() {}

    /**
     * Returns the time in {@code text}, in seconds unless it names a unit.
     *
     * @throws ConfigurationException if it is none, or negative
     */
    public static Duration duration(String name, String text) {
        int millis = text.strip().chars().allMatch(Character::isDigit)
                ? Math.multiplyExact(
                        number(name, text, SettingUnit.NONE, 0, Integer.MAX_VALUE / MILLIS_PER_SECOND),
                        MILLIS_PER_SECOND)
                : number(name, text, SettingUnit.MS, 0, Integer.MAX_VALUE);
        return Duration.ofMillis(millis);
    }

    /**
     * Returns the size in {@code text}, in bytes unless it names a unit.
     *
     * @throws ConfigurationException if it is none, or out of range
     */
    public static int bytes(String name, String text, int min, int max) {
        return number(name, text, SettingUnit.B, min, max);
    }

    /**
     * Returns the number in {@code text}.
     *
     * @throws ConfigurationException if it is none, or out of range
     */
    public static int integer(String name, String text, int min, int max) {
        return number(name, text, SettingUnit.NONE, min, max);
    }

    /**
     * Returns the Boolean in {@code text}.
     *
     * @throws ConfigurationException if it is none
     */
    public static boolean bool(String name, String text) {
        Boolean value = BooleanWord.parse(text);
        if (value == null) {
            throw new ConfigurationException("parameter \"%s\" requires a Boolean value".formatted(name));
        }
        return value;
    }

    private static int number(String name, String text, SettingUnit unit, int min, int max) {
        int number;
        try {
            number = SettingNumber.parse(name, text, unit);
        } catch (InvalidSettingException e) {
            throw e.toOperator("");
        }
        if (number < min || number > max) {
            throw new ConfigurationException(
                    "%d is outside the valid range for parameter \"%s\" (%d .. %d)".formatted(number, name, min, max));
        }
        return number;
    }
}
