// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

/**
 * An integer at the start of a text as C's {@code strtol} reads it: leading blanks, a sign, {@code 0x} in base 16, and
 * the nearest {@code long} for what does not fit.
 *
 * @param value the number, 0 if there is none
 * @param end where reading stopped; the start if there is no number
 * @param fits whether the number fitted a {@code long}
 */
public record CNumber(long value, int end, boolean fits) {

    /** Reads a number of {@code base} at {@code start}. */
    public static CNumber read(String text, int start, int base) {
        int at = skipBlanks(text, start);
        boolean negative = at < text.length() && text.charAt(at) == '-';
        if (negative || (at < text.length() && text.charAt(at) == '+')) {
            at++;
        }
        int digitsStart = at;
        if (base == 16 && text.regionMatches(true, at, "0x", 0, 2)) {
            at += 2;
            // "0x" alone counts as the number 0, as glibc's sscanf has it.
            digitsStart = at - 1;
        }
        long value = 0;
        boolean fits = true;
        while (at < text.length() && digit(text.charAt(at), base) >= 0) {
            int digit = digit(text.charAt(at), base);
            if (value > (Long.MAX_VALUE - digit) / base) {
                fits = false;
            } else {
                value = value * base + digit;
            }
            at++;
        }
        if (at == digitsStart) {
            return new CNumber(0, start, true);
        }
        if (!fits) {
            value = negative ? Long.MIN_VALUE : Long.MAX_VALUE;
        } else if (negative) {
            value = -value;
        }
        return new CNumber(value, at, fits);
    }

    /** Returns the position of the first character from {@code start} on that is not a blank in C's sense. */
    static int skipBlanks(String text, int start) {
        int at = start;
        while (at < text.length() && (text.charAt(at) == ' ' || (text.charAt(at) >= '\t' && text.charAt(at) <= '\r'))) {
            at++;
        }
        return at;
    }

    /** Returns whether {@code text}, from {@code start} on, was a number and nothing else. */
    boolean isWhole(String text, int start) {
        return end > start && end == text.length();
    }

    private static int digit(char c, int base) {
        return c < 128 ? Character.digit(c, base) : -1;
    }
}
