// SPDX-License-Identifier: Apache-2.0
package io.walcast.core;

/**
 * The size of WAL segment files ({@code wal_segment_size}): a power of two from 1 MB to 1 GB, fixed for a cluster.
 *
 * @param bytes the size in bytes
 */
public record SegmentSize(int bytes) {

    /** The smallest size, 1 MB. */
    public static final int MIN_BYTES = 1 << 20;

    /** The largest size, 1 GB. */
    public static final int MAX_BYTES = 1 << 30;

    /** What {@code initdb} takes unless told otherwise: 16 MB. */
    public static final SegmentSize DEFAULT = new SegmentSize(16 << 20);

    public SegmentSize {
        if (bytes < MIN_BYTES || bytes > MAX_BYTES || Integer.bitCount(bytes) != 1) {
            throw new IllegalArgumentException(
                    "segmentSize: %d (expected: a power of two from 1 MB to 1 GB)".formatted(bytes));
        }
    }

    /**
     * Parses what {@code SHOW wal_segment_size} answers, for example {@code 16MB} or {@code 1GB}.
     *
     * @throws IllegalArgumentException if the text has another form or names a size that cannot be
     */
    public static SegmentSize parse(String text) {
        int digits = 0;
        while (digits < text.length() && Character.digit(text.charAt(digits), 10) >= 0 && text.charAt(digits) < 128) {
            digits++;
        }
        int shift = switch (text.substring(digits)) {
            case "B", "" -> 0;
            case "kB" -> 10;
            case "MB" -> 20;
            case "GB" -> 30;
            default -> -1;
        };
        if (digits == 0 || digits > 10 || shift < 0) {
            throw new IllegalArgumentException("segmentSize: '" + text + "' (expected: for example 16MB)");
        }
        long units = Long.parseLong(text, 0, digits, 10);
        if (units > MAX_BYTES >> shift) {
            throw new IllegalArgumentException("segmentSize: '" + text + "' (expected: at most 1GB)");
        }
        return new SegmentSize((int) units << shift);
    }

    /** Returns the number of the segment that holds the byte at {@code lsn}. */
    public long segmentNumber(Lsn lsn) {
        return Long.divideUnsigned(lsn.value(), bytes);
    }

    /** Returns where in its segment the byte at {@code lsn} is, 0 to size - 1. */
    public int offset(Lsn lsn) {
        return (int) (lsn.value() & (bytes - 1));
    }

    /** Returns the first position of the segment that holds {@code lsn}. */
    public Lsn startOfSegment(Lsn lsn) {
        return new Lsn(lsn.value() & -(long) bytes);
    }

    /**
     * Returns the first position of segment {@code segmentNumber}.
     *
     * @throws ArithmeticException if there can be no such segment
     */
    public Lsn start(long segmentNumber) {
        if (Math.multiplyHigh(segmentNumber, (long) bytes) != 0) {
            throw new ArithmeticException("segment number: " + Long.toUnsignedString(segmentNumber));
        }
        return new Lsn(segmentNumber * bytes);
    }

    @Override
    public String toString() {
        return bytes == MAX_BYTES ? "1GB" : (bytes >> 20) + "MB";
    }
}
