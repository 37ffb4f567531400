// SPDX-License-Identifier: Apache-2.0
package io.walcast.guc;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a number with a unit as {@code parse_int} does. Stateless. */
final class SettingNumber {
    private static final Pattern WHOLE = Pattern.compile("[ \t\n\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)");
    private static final Pattern FRACTION =
            Pattern.compile("[ \t\n\r]*[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?");
    private static final Pattern UNIT = Pattern.compile("[ \t\n\r]*([^ \t\n\r]{0,3})[ \t\n\r]*");
    private static final String OUT_OF_RANGE = "Value exceeds integer range.";

    private SettingNumber() {}

    /**
     * Returns the number that {@code text} stands for, in {@code unit}.
     *
     * @throws InvalidSettingException if it is none, has a unit that does not fit, or does not fit 32 bits
     */
    static int parse(String name, String text, SettingUnit unit) {
        double number;
        Matcher matcher = WHOLE.matcher(text);
        int end = matcher.lookingAt() ? matcher.end() : 0;
        if (end < text.length() && ".eE".indexOf(text.charAt(end)) >= 0) {
            matcher = FRACTION.matcher(text);
            if (!matcher.lookingAt()) {
                throw InvalidSettingException.value(name, text, null, null);
            }
            end = matcher.end();
            number = Double.parseDouble(matcher.group());
        } else if (end == 0) {
            throw InvalidSettingException.value(name, text, null, null);
        } else {
            number = whole(matcher.group(2));
            number = matcher.group(1).equals("-") ? -number : number;
        }
        Matcher rest = UNIT.matcher(text).region(end, text.length());
        boolean understood = rest.matches();
        String written = understood ? rest.group(1) : "";
        if (!understood || (unit == SettingUnit.NONE && !written.isEmpty())) {
            throw InvalidSettingException.value(name, text, null, unit.hint());
        }
        if (!written.isEmpty()) {
            number = unit.convert(number, written);
            if (Double.isNaN(number)) {
                throw InvalidSettingException.value(name, text, null, unit.hint());
            }
        }
        number = Math.rint(number);
        if (number > Integer.MAX_VALUE || number < Integer.MIN_VALUE) {
            throw InvalidSettingException.value(name, text, null, OUT_OF_RANGE);
        }
        return (int) number;
    }

    private static double whole(String digits) {
        boolean hexadecimal = digits.startsWith("0x") || digits.startsWith("0X");
        int radix = hexadecimal ? 16 : digits.startsWith("0") ? 8 : 10;
        double number = 0;
        for (int i = hexadecimal ? 2 : 0; i < digits.length(); i++) {
            number = number * radix + Character.digit(digits.charAt(i), radix);
        }
        return number;
    }
}
