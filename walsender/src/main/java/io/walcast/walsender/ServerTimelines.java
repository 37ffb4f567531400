// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.storage.ServedPosition;
import io.walcast.core.storage.ServedWal;
import io.walcast.walsender.StreamedTimeline.SwitchPoint;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The history of the timeline that is served: which timelines belong to it, and where they ended. The last one that was read is
 * kept; the file of a timeline never changes.
 *
 * <p>Threading: any thread. What may read the disk says so.
 */
final class ServerTimelines {
    private final ServedWal wal;

    // Written by whoever has read one, read by all.
    private volatile @Nullable TimelineHistory known;

    ServerTimelines(ServedWal wal) {
        this.wal = requireNonNull(wal, "wal");
    }

    /** Returns the history of {@code timeline} if it was read already, else null. */
    @Nullable
    TimelineHistory knownHistoryOf(TimelineId timeline) {
        TimelineHistory history = known;
        return history != null && history.timeline().equals(timeline) ? history : null;
    }

    /** Returns the history of {@code timeline}; one whose file is missing has no parents. May read the disk. */
    TimelineHistory historyOf(TimelineId timeline) {
        TimelineHistory history = knownHistoryOf(timeline);
        if (history == null) {
            history = wal.history(timeline)
                    .map(content -> TimelineHistory.parse(timeline, ByteBuffer.wrap(content)))
                    .orElse(null);
            if (history == null) {
                return TimelineHistory.withoutParents(timeline); // the file may come yet
            }
            known = history;
        }
        return history;
    }

    /**
     * Returns what a stream of {@code wanted} sends, or of the current timeline if none is named. May read the disk.
     *
     * @throws ServerErrorException if this server's WAL does not come from there
     */
    StreamedTimeline choose(@Nullable TimelineId wanted, Lsn start, ServedPosition position) {
        if (wanted == null || wanted.equals(position.timeline())) {
            return new StreamedTimeline(position.timeline(), null);
        }
        SwitchPoint end = switchPoint(wanted, historyOf(position.timeline()));
        if (end.lsn().isBefore(start)) {
            throw new ServerErrorException(new ErrorFields(
                    "ERROR",
                    SqlState.INTERNAL_ERROR,
                    "requested starting point %s on timeline %s is not in this server's history"
                            .formatted(start, wanted),
                    "This server's history forked from timeline %s at %s.".formatted(wanted, end.lsn()),
                    null));
        }
        return new StreamedTimeline(wanted, end);
    }

    /**
     * Returns where {@code timeline} ended in {@code history}.
     *
     * @throws ServerErrorException if it does not belong to it
     */
    static SwitchPoint switchPoint(TimelineId timeline, TimelineHistory history) {
        Lsn end = history.switchPoint(timeline).orElse(null);
        TimelineId next = history.nextTimeline(timeline).orElse(null);
        if (end == null || next == null) {
            throw new ServerErrorException(ErrorFields.error(
                    SqlState.INTERNAL_ERROR,
                    "requested timeline %s is not in this server's history".formatted(timeline)));
        }
        return new SwitchPoint(end, next);
    }
}
