// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.storage.ServedPosition;
import io.walcast.core.storage.ServedWal;
import io.walcast.ipc.Agent;
import io.walcast.ipc.Clock;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes checkpoints of the slots: every few seconds, and sooner when a slot has moved on by a segment since it was saved.
 *
 * <p>Threading: {@link #run} by the agent's thread, the rest by any.
 */
public final class SlotCheckpointer implements Agent.Turn {
    static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(5);

    /** However fast a slot moves, or however full the disk is. */
    static final long SHORTEST_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final ReplicationSlots slots;
    private final ServedWal wal;
    private final Supplier<Lsn> neededByOthers;
    private final @Nullable WalRemoval removal;
    private final Clock clock;

    private long lastAtNs;

    SlotCheckpointer(
            ReplicationSlots slots,
            ServedWal wal,
            Supplier<Lsn> neededByOthers,
            @Nullable WalRemoval removal,
            Clock clock) {
        this.slots = requireNonNull(slots, "slots");
        this.wal = requireNonNull(wal, "wal");
        this.neededByOthers = requireNonNull(neededByOthers, "neededByOthers");
        this.removal = removal;
        this.clock = clock;
        this.lastAtNs = clock.nanoTime() - INTERVAL_NS;
    }

    /**
     * Starts an agent that makes checkpoints until it is closed. The last one is made by {@link ReplicationSlots#close}.
     *
     * @param neededByOthers says what is needed without a slot, see {@link ReplicationSlots#checkpoint}
     * @param removal removes WAL, null to keep all of it
     * @param failureListener told what ended it: the disk has failed
     */
    public static Agent start(
            ThreadFactory threads,
            ReplicationSlots slots,
            ServedWal wal,
            Supplier<Lsn> neededByOthers,
            @Nullable WalRemoval removal,
            Consumer<Throwable> failureListener) {
        SlotCheckpointer checkpointer = new SlotCheckpointer(slots, wal, neededByOthers, removal, Clock.system());
        Agent agent = Agent.start(threads, checkpointer, failureListener);
        slots.onMove(unsavedBytes -> {
            if (checkpointer.isSegment(unsavedBytes)) {
                agent.wake();
            }
        });
        return agent;
    }

    private boolean isSegment(long unsavedBytes) {
        return wal.position() != null && unsavedBytes >= wal.segmentSize().bytes();
    }

    @Override
    public long run() {
        long elapsedNs = clock.nanoTime() - lastAtNs;
        long intervalNs = isSegment(slots.unsavedBytes()) ? SHORTEST_INTERVAL_NS : INTERVAL_NS;
        if (elapsedNs < intervalNs) {
            return intervalNs - elapsedNs;
        }
        lastAtNs = clock.nanoTime();
        checkpoint();
        return INTERVAL_NS;
    }

    private void checkpoint() {
        ServedPosition end = wal.position();
        if (end == null) {
            slots.save();
        } else {
            boolean removes = removal != null && removal.isOn();
            slots.checkpoint(new WalExtent(end, wal.segmentSize(), 0), neededByOthers.get(), removes ? removal : null);
        }
    }
}
