// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import org.jspecify.annotations.Nullable;

/**
 * What a stream sends: one timeline, and how far it goes ({@code sendTimeLine}, {@code sendTimeLineValidUpto}).
 *
 * @param timeline the timeline
 * @param end where a historic one ended ({@code tliSwitchPoint}); null for the current one, which goes on
 */
record StreamedTimeline(TimelineId timeline, @Nullable SwitchPoint end) {
    StreamedTimeline {
        requireNonNull(timeline, "timeline");
    }

    /**
     * The end of a timeline.
     *
     * @param lsn the first position that belongs to the next one
     * @param next the next one
     */
    record SwitchPoint(Lsn lsn, TimelineId next) {
        SwitchPoint {
            requireNonNull(lsn, "lsn");
            requireNonNull(next, "next");
        }
    }

    /** Returns whether another timeline took over ({@code sendTimeLineIsHistoric}). */
    boolean isHistoric() {
        return end != null;
    }

    /**
     * Returns the timeline whose file has the byte at {@code lsn}: of the segment with the switch point only the next one's
     * is sure to be there.
     */
    TimelineId fileTimeline(Lsn lsn, SegmentSize size) {
        return end != null && size.segmentNumber(lsn) == size.segmentNumber(end.lsn()) ? end.next() : timeline;
    }
}
