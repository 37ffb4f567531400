// SPDX-License-Identifier: Apache-2.0
package io.walcast.core;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a WAL segment file: timeline and segment number ({@code XLogFileName}).
 *
 * <pre>
 * 00000001 00000002 000000A3
 * timeline high     low       segment number = high * (2^32 / segment size) + low
 * </pre>
 *
 * @param timeline the timeline the segment belongs to
 * @param segmentNumber position divided by segment size
 */
public record SegmentName(TimelineId timeline, long segmentNumber) {

    /** Length of a segment file's name. */
    public static final int LENGTH = 24;

    private static final Pattern TEXT_FORM = Pattern.compile("[0-9A-F]{24}");

    public SegmentName {
        if (segmentNumber < 0) {
            throw new IllegalArgumentException("segmentNumber: " + segmentNumber + " (expected: 0 or more)");
        }
    }

    /** Returns the segment of {@code timeline} that holds the byte at {@code lsn}. */
    public static SegmentName containing(TimelineId timeline, Lsn lsn, SegmentSize size) {
        return new SegmentName(timeline, size.segmentNumber(lsn));
    }

    /** Returns the segment that {@code fileName} names, or empty if it is not the name of a finished segment. */
    public static Optional<SegmentName> parse(String fileName, SegmentSize size) {
        if (!TEXT_FORM.matcher(fileName).matches()) {
            return Optional.empty();
        }
        long timeline = Long.parseLong(fileName, 0, 8, 16);
        long high = Long.parseLong(fileName, 8, 16, 16);
        long low = Long.parseLong(fileName, 16, LENGTH, 16);
        if (timeline == 0 || low >= segmentsPerXLogId(size)) {
            return Optional.empty();
        }
        return Optional.of(new SegmentName(TimelineId.of(timeline), high * segmentsPerXLogId(size) + low));
    }

    /** Returns the file name for the given segment size. */
    public String fileName(SegmentSize size) {
        long perId = segmentsPerXLogId(size);
        return "%08X%08X%08X".formatted(timeline.value(), segmentNumber / perId, segmentNumber % perId);
    }

    /** Returns the first position in the segment. */
    public Lsn start(SegmentSize size) {
        return size.start(segmentNumber);
    }

    /** Returns the segment after this one on the same timeline. */
    public SegmentName next() {
        return new SegmentName(timeline, segmentNumber + 1);
    }

    private static long segmentsPerXLogId(SegmentSize size) {
        return 0x1_0000_0000L / size.bytes();
    }
}
