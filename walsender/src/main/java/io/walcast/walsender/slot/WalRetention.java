// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import io.walcast.core.Lsn;
import io.walcast.ipc.ReplicationSlotRow.WalStatus;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of what is kept ({@code KeepLogSeg}, {@code GetWALAvailability}): in whole segments, sizes rounded down.
 *
 * @param limits the settings
 * @param wal which WAL there is
 * @param needed the oldest position that a slot, or somebody else, needs; 0/0 if nobody needs any
 */
record WalRetention(WalKeepLimits limits, WalExtent wal, Lsn needed) {

    /** Returns the number of the oldest segment to be kept. Never that of a segment after the last one. */
    long oldestKept() {
        long current = wal.endSegment();
        long oldest = current;
        if (needed.isValid() && needed.isBefore(wal.endLsn())) {
            oldest = segment(needed);
            if (limits.maxSlotWalKeepSize() >= 0) {
                oldest = Math.max(oldest, current - segments(limits.maxSlotWalKeepSize()));
            }
        }
        long kept = segments(limits.walKeepSize());
        if (kept > 0 && current - oldest < kept) {
            oldest = Math.max(1, current - kept);
        }
        return Math.min(oldest, current);
    }

    /** Returns the state of the WAL from {@code restartLsn} on; null if that is 0/0. */
    @Nullable
    WalStatus availability(Lsn restartLsn) {
        if (!restartLsn.isValid()) {
            return null;
        }
        long target = segment(restartLsn);
        if (target >= oldestKept()) {
            long oldestWithinSize = wal.endSegment() - segments(limits.maxWalSize()) - 1;
            return target >= Math.max(1, oldestWithinSize) ? WalStatus.RESERVED : WalStatus.EXTENDED;
        }
        return target > wal.lastRemovedSegment() ? WalStatus.UNRESERVED : WalStatus.LOST;
    }

    /** Returns how much more WAL can be written before {@code restartLsn} is given up; null if there is no limit. */
    @Nullable
    Long safeWalSize(Lsn restartLsn) {
        if (limits.maxSlotWalKeepSize() < 0) {
            return null;
        }
        long kept = Math.max(segments(limits.maxSlotWalKeepSize()), segments(limits.walKeepSize()));
        long failSegment = segment(restartLsn) + kept + 1;
        return failSegment * wal.segmentSize().bytes() - wal.endLsn().value();
    }

    private long segment(Lsn lsn) {
        return wal.segmentSize().segmentNumber(lsn);
    }

    private long segments(long bytes) {
        return bytes / wal.segmentSize().bytes();
    }
}
