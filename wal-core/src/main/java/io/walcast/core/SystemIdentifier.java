// SPDX-License-Identifier: Apache-2.0
package io.walcast.core;

/**
 * The identity of a database cluster, made by {@code initdb} and the same on all its physical copies.
 *
 * @param value the identifier, to be read as unsigned, never 0
 */
public record SystemIdentifier(long value) {

    private static final int MAX_DIGITS = 20;

    public SystemIdentifier {
        if (value == 0) {
            throw new IllegalArgumentException("systemIdentifier: 0 (expected: 1 to 18446744073709551615)");
        }
    }

    /**
     * Parses decimal digits, as {@code IDENTIFY_SYSTEM} gives them.
     *
     * @throws IllegalArgumentException if {@code text} is not a decimal number of 64 unsigned bits above 0
     */
    public static SystemIdentifier parse(String text) {
        boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || text.length() > MAX_DIGITS) {
            throw new IllegalArgumentException("systemIdentifier: '" + text + "' (expected: a decimal number)");
        }
        try {
            return new SystemIdentifier(Long.parseUnsignedLong(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("systemIdentifier: '" + text + "' (expected: 64 bits)", e);
        }
    }

    @Override
    public String toString() {
        return Long.toUnsignedString(value);
    }
}
