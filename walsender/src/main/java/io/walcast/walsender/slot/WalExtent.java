// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.storage.ServedPosition;
import io.walcast.core.storage.ServedWal;
import java.util.Optional;

/**
 * Which WAL there is.
 *
 * @param end its end, and on which timeline
 * @param segmentSize the size of its segments
 * @param lastRemovedSegment number of the last segment that is gone; 0 if none is known to be
 */
public record WalExtent(ServedPosition end, SegmentSize segmentSize, long lastRemovedSegment) {
    public WalExtent {
        requireNonNull(end, "end");
        requireNonNull(segmentSize, "segmentSize");
    }

    /** Returns what there is of {@code wal} now, or empty as long as there is none. Reads the disk. */
    public static Optional<WalExtent> of(ServedWal wal) {
        ServedPosition end = wal.position();
        return end == null
                ? Optional.empty()
                : Optional.of(new WalExtent(
                        end,
                        wal.segmentSize(),
                        wal.oldestSegment()
                                .map(oldest -> Math.max(0, oldest - 1))
                                .orElse(0L)));
    }

    Lsn endLsn() {
        return end.flushedUpto();
    }

    long endSegment() {
        return segmentSize.segmentNumber(endLsn());
    }
}
