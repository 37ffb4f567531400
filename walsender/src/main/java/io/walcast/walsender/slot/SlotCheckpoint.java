// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.ipc.Clock;
import io.walcast.walsender.slot.ReplicationSlot.Invalidated;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint does for slots ({@code CheckPointReplicationSlots}, {@code InvalidateObsoleteReplicationSlots}).
 *
 * <p>Threading: under the file lock of {@link ReplicationSlots}, except for {@link #minimum}, {@link #remove} and what logs.
 */
final class SlotCheckpoint {
    private static final SqlState SUCCESS = new SqlState("00000");

    private final SlotFiles files;
    private final Map<String, ReplicationSlot> slots;
    private final Consumer<ErrorFields> log;
    private final Clock clock;

    /** What the last removal was about: the directory is not read again for the same. */
    private volatile @Nullable SegmentName removedBefore;

    SlotCheckpoint(SlotFiles files, Map<String, ReplicationSlot> slots, Consumer<ErrorFields> log, Clock clock) {
        this.files = files;
        this.slots = slots;
        this.log = log;
        this.clock = clock;
    }

    /** Saves what has changed; returns whether all of it is on disk. */
    boolean save() {
        boolean all = true;
        for (ReplicationSlot slot : slots.values()) {
            if (slot.isDirty()) {
                try {
                    SlotState state = slot.state();
                    files.save(state);
                    slot.saved(state);
                } catch (StorageException e) {
                    passOverFullDisk(e);
                    all = false;
                }
            }
        }
        return all;
    }

    /** Returns the oldest position that a slot or somebody else needs; 0/0 if nobody needs any. */
    Lsn minimum(Lsn neededByOthers) {
        Lsn minimum = neededByOthers;
        for (ReplicationSlot slot : slots.values()) {
            Lsn needed = slot.neededFrom();
            if (needed.isValid()) {
                minimum = minimum.isValid() ? Lsn.min(minimum, needed) : needed;
            }
        }
        return minimum;
    }

    /** Invalidates the slots that need more than is to be kept for slots; returns the oldest segment to be kept. */
    long invalidate(WalExtent wal, WalKeepLimits limits, Lsn neededByOthers) {
        long keptForSlots = new WalRetention(limits, wal, minimum(Lsn.INVALID)).oldestKept();
        Lsn oldest = wal.segmentSize().start(keptForSlots);
        for (ReplicationSlot slot : slots.values()) {
            Invalidated invalidated = slot.invalidateIfBefore(oldest, clock.now());
            if (invalidated != null) {
                tellInvalidated(slot, invalidated.owner(), invalidated.restartLsn(), oldest);
            }
        }
        long kept = new WalRetention(limits, wal, minimum(Lsn.INVALID)).oldestKept();
        boolean less = neededByOthers.isValid()
                && Long.compareUnsigned(wal.segmentSize().segmentNumber(neededByOthers), kept) < 0;
        return less ? wal.segmentSize().segmentNumber(neededByOthers) : kept;
    }

    private void tellInvalidated(ReplicationSlot slot, @Nullable SlotOwner owner, Lsn restartLsn, Lsn oldest) {
        long bytes = oldest.minus(restartLsn);
        String detail = "The slot's restart_lsn %s exceeds the limit by %d %s."
                .formatted(restartLsn, bytes, bytes == 1 ? "byte" : "bytes");
        String hint = "You might need to increase \"max_slot_wal_keep_size\".";
        if (owner != null) {
            log(
                    "LOG",
                    "terminating process %d to release replication slot \"%s\"".formatted(owner.pid(), slot.name()),
                    detail,
                    hint);
            owner.terminate();
        }
        log("LOG", "invalidating obsolete replication slot \"%s\"".formatted(slot.name()), detail, hint);
    }

    /** Removes the segments before {@code oldestKept}. A full disk is logged. */
    void remove(WalRemoval removal, WalExtent wal, long oldestKept) {
        SegmentName oldest = new SegmentName(wal.end().timeline(), oldestKept);
        if (oldest.equals(removedBefore)) {
            return;
        }
        try {
            removal.removeBefore(oldest.timeline(), oldestKept, wal.segmentSize());
            removedBefore = oldest;
        } catch (StorageException e) {
            passOverFullDisk(e);
        }
    }

    /** Logs {@code e} if the disk was full; else throws it. */
    void passOverFullDisk(StorageException e) {
        if (!e.sqlState().equals(SqlState.DISK_FULL)) {
            throw e;
        }
        log.accept(new ErrorFields("WARNING", e.sqlState(), String.valueOf(e.getMessage()), null, null));
    }

    void logTermination(int pid, String slot) {
        log("LOG", "terminating process %d to release replication slot \"%s\"".formatted(pid, slot), null, null);
    }

    private void log(String severity, String message, @Nullable String detail, @Nullable String hint) {
        log.accept(new ErrorFields(severity, SUCCESS, message, detail, hint));
    }
}
