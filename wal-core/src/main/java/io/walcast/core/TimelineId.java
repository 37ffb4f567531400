// SPDX-License-Identifier: Apache-2.0
package io.walcast.core;

/**
 * A timeline number ({@code TimeLineID}): 1 to 4294967295. The first timeline of a cluster is 1; each promotion makes a
 * higher one.
 *
 * @param value the number, to be read as unsigned, never 0
 */
public record TimelineId(int value) implements Comparable<TimelineId> {

    /** The timeline every cluster starts with; it has no history file. */
    public static final TimelineId FIRST = new TimelineId(1);

    private static final int MAX_DIGITS = 10;
    private static final long MAX_VALUE = 0xFFFF_FFFFL;

    public TimelineId {
        if (value == 0) {
            throw new IllegalArgumentException("timeline: 0 (expected: 1 to 4294967295)");
        }
    }

    /**
     * Returns the timeline with the given number.
     *
     * @throws IllegalArgumentException if {@code number} is not 1 to 4294967295
     */
    public static TimelineId of(long number) {
        if (number < 1 || number > MAX_VALUE) {
            throw new IllegalArgumentException("timeline: " + number + " (expected: 1 to 4294967295)");
        }
        return new TimelineId((int) number);
    }

    /**
     * Parses decimal digits, as they come from {@code IDENTIFY_SYSTEM}.
     *
     * @throws IllegalArgumentException if {@code text} is not digits only, or out of range
     */
    public static TimelineId parse(String text) {
        boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || text.length() > MAX_DIGITS) {
            throw new IllegalArgumentException("timeline: '" + text + "' (expected: 1 to 4294967295)");
        }
        return of(Long.parseLong(text));
    }

    /** Returns the number, 1 to 4294967295. */
    public long number() {
        return Integer.toUnsignedLong(value);
    }

    @Override
    public int compareTo(TimelineId other) {
        return Integer.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return Integer.toUnsignedString(value);
    }
}
