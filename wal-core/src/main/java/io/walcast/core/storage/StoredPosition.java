// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How far the WAL in a receive directory goes that may be offered when nothing was received yet: what recovery has made
 * durable, and is known to be whole.
 *
 * <p>Finished segments count up to their end. Of an unfinished one, what is before the end of the last whole, valid record:
 * in what comes after, a write that a crash undid looks like zeros. On a timeline whose WAL does not come past the point
 * where it began nothing counts, since that segment is filled from its start again; its parent does.
 */
final class StoredPosition {
    private final DirectoryLayout layout;
    private final StreamStartFinder finder;
    private final StoredHistories histories;
    private final SegmentSize size;

    StoredPosition(DirectoryLayout layout, StreamStartFinder finder, StoredHistories histories, SegmentSize size) {
        this.layout = layout;
        this.finder = finder;
        this.histories = histories;
        this.size = size;
    }

    /** Returns the position, or empty if nothing can be offered. */
    Optional<ServedPosition> find() throws IOException {
        Optional<TimelineId> newest = newestTimeline();
        if (newest.isEmpty()) {
            return Optional.empty();
        }
        List<TimelineHistory.Entry> entries =
                new ArrayList<>(history(newest.get()).entries());
        for (int i = entries.size() - 1; i >= 0; i--) {
            TimelineHistory.Entry entry = entries.get(i);
            Lsn end = end(entry.timeline());
            if (end.isAfter(entry.begin())) {
                return Optional.of(new ServedPosition(entry.timeline(), end));
            }
        }
        return Optional.empty();
    }

    private Optional<TimelineId> newestTimeline() throws IOException {
        return layout.segments().stream()
                .flatMap(file -> file.segmentName(size).stream())
                .map(SegmentName::timeline)
                .max(TimelineId::compareTo);
    }

    private TimelineHistory history(TimelineId timeline) {
        return histories
                .read(timeline)
                .map(content -> TimelineHistory.parse(timeline, ByteBuffer.wrap(content)))
                .orElseGet(() -> TimelineHistory.withoutParents(timeline));
    }

    private Lsn end(TimelineId timeline) throws IOException {
        WalFileName newest = finder.newestWhole(timeline, size);
        if (newest == null) {
            return Lsn.INVALID;
        }
        Lsn start = newest.segmentName(size).orElseThrow().start(size);
        if (!newest.partial()) {
            return start.plus(size.bytes());
        }
        if (!newest.isPlain() || !finder.isContinuationWhole(timeline, start, size)) {
            return start;
        }
        return Lsn.max(start, finder.lastRecordEnd(timeline, size).orElse(start));
    }
}
