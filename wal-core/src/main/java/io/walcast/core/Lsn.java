// SPDX-License-Identifier: Apache-2.0
package io.walcast.core;

import java.util.regex.Pattern;

/**
 * A byte position in the write-ahead log ({@code XLogRecPtr}).
 *
 * <p>The value is an unsigned 64-bit integer. Its text form is PostgreSQL's {@code X/Y}: the high and the low 32 bits
 * in hexadecimal, for example {@code 16/B374D848}.
 *
 * @param value the position, to be read as unsigned
 */
public record Lsn(long value) implements Comparable<Lsn> {

    /** What PostgreSQL uses for "no position" ({@code InvalidXLogRecPtr}); no WAL record can start here. */
    public static final Lsn INVALID = new Lsn(0);

    private static final Pattern TEXT_FORM = Pattern.compile("[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}");

    /**
     * Parses the {@code X/Y} form.
     *
     * @throws IllegalArgumentException if {@code text} is not two halves of 1 to 8 hexadecimal digits
     */
    public static Lsn parse(String text) {
        if (!TEXT_FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("lsn: '" + text + "' (expected: X/Y in hexadecimal)");
        }
        int slash = text.indexOf('/');
        long high = Long.parseLong(text, 0, slash, 16);
        long low = Long.parseLong(text, slash + 1, text.length(), 16);
        return new Lsn(high << 32 | low);
    }

    /** Returns whether this is a position at all, that is not 0/0. */
    public boolean isValid() {
        return value != 0;
    }

    /**
     * Returns the position {@code bytes} further on.
     *
     * @throws ArithmeticException if the result does not fit 64 unsigned bits
     */
    public Lsn plus(long bytes) {
        long sum = value + bytes;
        if (bytes < 0 || Long.compareUnsigned(sum, value) < 0) {
            throw new ArithmeticException("LSN overflow: " + this + " + " + Long.toUnsignedString(bytes));
        }
        return new Lsn(sum);
    }

    /**
     * Returns how many bytes this is after {@code earlier}.
     *
     * @throws ArithmeticException if this is before {@code earlier} or the distance does not fit a {@code long}
     */
    public long minus(Lsn earlier) {
        long distance = value - earlier.value;
        if (Long.compareUnsigned(value, earlier.value) < 0 || distance < 0) {
            throw new ArithmeticException("LSN distance: " + this + " - " + earlier);
        }
        return distance;
    }

    /** Returns whether this is strictly before {@code other}. */
    public boolean isBefore(Lsn other) {
        return Long.compareUnsigned(value, other.value) < 0;
    }

    /** Returns whether this is strictly after {@code other}. */
    public boolean isAfter(Lsn other) {
        return Long.compareUnsigned(value, other.value) > 0;
    }

    /** Returns the later of two positions. */
    public static Lsn max(Lsn a, Lsn b) {
        return a.isBefore(b) ? b : a;
    }

    /** Returns the earlier of two positions. */
    public static Lsn min(Lsn a, Lsn b) {
        return a.isBefore(b) ? a : b;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return "%X/%X".formatted(value >>> 32, value & 0xFFFF_FFFFL);
    }
}
