// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.postgres;

import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** A segment file of a directory; ordered by timeline, then by position. */
record SegmentKey(SegmentName segment, boolean isPartial) implements Comparable<SegmentKey> {
    private static final String PARTIAL = ".partial";
    private static final Comparator<SegmentKey> ORDER = Comparator.comparing(
                    (SegmentKey key) -> key.segment().timeline())
            .thenComparingLong(key -> key.segment().segmentNumber())
            .thenComparing(SegmentKey::isPartial);

    /** Returns what {@code fileName} names, or null if that is no segment. */
    static @Nullable SegmentKey of(String fileName, SegmentSize size) {
        boolean partial = fileName.endsWith(PARTIAL);
        String plain = partial ? fileName.substring(0, fileName.length() - PARTIAL.length()) : fileName;
        return SegmentName.parse(plain, size)
                .map(segment -> new SegmentKey(segment, partial))
                .orElse(null);
    }

    SegmentKey finished() {
        return new SegmentKey(segment, false);
    }

    String name(SegmentSize size) {
        return segment.fileName(size) + (isPartial ? PARTIAL : "");
    }

    @Override
    public int compareTo(SegmentKey other) {
        return ORDER.compare(this, other);
    }
}
