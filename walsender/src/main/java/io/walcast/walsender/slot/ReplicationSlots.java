// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.core.storage.PosixFileSystem;
import io.walcast.core.storage.WalFileSystem;
import io.walcast.ipc.Cancellation.Registration;
import io.walcast.ipc.ReplicationSlotRow;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The slots of a node ({@code ReplicationSlotCtl}).
 *
 * <p>What a client may get wrong is told by a {@link io.walcast.core.error.ServerErrorException} with PostgreSQL's SQLSTATE and
 * words. A full disk is a {@link StorageException} with 53100: nothing has changed, and it may be tried again. Any other failure
 * of the disk ends the storage: every later call that would change a file throws it again.
 *
 * <p>A name is checked where a slot is made. Elsewhere it is looked up in memory: one that no slot can have is one that no slot has.
 *
 * <p>Threading: any thread. {@link #open}, {@link #create}, {@link #drop}, {@link #cleanUp}, {@link #checkpoint} and
 * {@link #close} block until the disk is done, one at a time: not for an event loop. The others, and all of
 * {@link AcquiredSlot}, never wait for a file. Threads that come here are not to be interrupted: it would close the files.
 */
public final class ReplicationSlots implements AutoCloseable {
    private final SlotFiles files;
    private final SlotOptions options;

    /** Held while files are changed, and while slots come and go. */
    private final ReentrantLock fileLock = new ReentrantLock();

    private final ConcurrentSkipListMap<String, ReplicationSlot> slots = new ConcurrentSkipListMap<>();
    private final SlotCheckpoint checkpoint;

    /** Set at a reload, read by checkpoints and whoever asks for rows. */
    private volatile WalKeepLimits limits;

    /** Set once by who makes checkpoints, read by sessions. */
    private volatile LongConsumer movedListener = unsavedBytes -> {};

    private ReplicationSlots(SlotFiles files, SlotOptions options) {
        this.files = files;
        this.options = options;
        this.limits = options.limits();
        this.checkpoint = new SlotCheckpoint(files, slots, options.log(), options.clock());
    }

    /** Opens {@code directory} on the real file system. */
    public static ReplicationSlots open(Path directory, SlotOptions options) {
        return open(new PosixFileSystem(), directory, options);
    }

    /**
     * Opens {@code directory}, a {@code pg_replslot}; makes it if it is missing. What was being made or dropped is gone, and so
     * are slots that were not to outlive their session.
     *
     * @throws StorageException with XX001, naming the file, if a slot's state is damaged: nothing was changed then; 53100 if the
     *     disk is full
     * @throws ConfigurationException if there are more than {@code max_replication_slots}
     * @throws io.walcast.core.error.RefusedException with 55006 if somebody else has it open
     */
    public static ReplicationSlots open(WalFileSystem fileSystem, Path directory, SlotOptions options) {
        SlotFiles files = SlotFiles.open(fileSystem, directory, options.mode());
        boolean opened = false;
        try {
            ReplicationSlots slots = new ReplicationSlots(files, options);
            slots.load();
            opened = true;
            return slots;
        } finally {
            if (!opened) {
                files.close();
            }
        }
    }

    private void load() {
        for (SlotState state : files.load()) {
            slots.put(
                    state.name(),
                    new ReplicationSlot(state, null, options.clock().now()));
        }
        if (slots.size() > options.maxReplicationSlots()) {
            throw new ConfigurationException(
                    SqlState.CONFIGURATION_LIMIT_EXCEEDED,
                    "too many replication slots active before shutdown (%d; increase \"max_replication_slots\" and try again)"
                            .formatted(slots.size()));
        }
    }

    /** Changes how much WAL is kept, from the next checkpoint on. */
    public void setLimits(WalKeepLimits newLimits) {
        limits = requireNonNull(newLimits, "newLimits");
    }

    /**
     * Has {@code listener} told, on every move of a slot, how many bytes of the way are not saved yet; on the thread that moves
     * it, so it must not block.
     */
    public void onMove(LongConsumer listener) {
        movedListener = requireNonNull(listener, "listener");
    }

    /**
     * Makes a physical slot; it is durable when this returns. Nobody has it acquired; a temporary one can be by {@code owner}
     * only, and goes with it.
     *
     * @param reserve says from where WAL is to be kept at once ({@code RESERVE_WAL}), not before the start of the segment that our
     *     flush position is in: no checkpoint comes between this and the return; null to keep none before the slot is used
     * @throws io.walcast.core.error.ServerErrorException with 42602 or 42622 for the name, 42710, 53400
     */
    public void create(String name, boolean temporary, @Nullable Supplier<Lsn> reserve, SlotOwner owner) {
        SlotErrors.checkName(name);
        fileLock.lock();
        try {
            if (slots.containsKey(name)) {
                throw SlotErrors.exists(name);
            }
            if (slots.size() >= options.maxReplicationSlots()) {
                throw SlotErrors.allInUse();
            }
            SlotState state = SlotState.physical(
                    name,
                    temporary ? SlotPersistency.TEMPORARY : SlotPersistency.PERSISTENT,
                    reserve == null ? Lsn.INVALID : reserve.get());
            files.create(state);
            slots.put(
                    name,
                    new ReplicationSlot(
                            state, temporary ? owner : null, options.clock().now()));
        } finally {
            fileLock.unlock();
        }
    }

    /**
     * Acquires a physical slot for {@code owner}.
     *
     * @throws io.walcast.core.error.ServerErrorException with 42704, 55006, and 55000 if the slot is
     *     invalid or logical
     */
    public AcquiredSlot acquire(String name, SlotOwner owner) {
        return acquire(name, owner, active -> false);
    }

    /**
     * As {@link #acquire(String, SlotOwner)}, taking the slot from {@code loser}, a session found half dead, if that is still the
     * one that has it. That session can do nothing with the slot from then on, and is asked to end.
     */
    public AcquiredSlot takeOver(String name, SlotOwner owner, SlotOwner loser) {
        return acquire(name, owner, active -> active == loser);
    }

    private AcquiredSlot acquire(String name, SlotOwner owner, Predicate<SlotOwner> mayLose) {
        ReplicationSlot slot = require(name);
        AcquiredSlot acquired = new AcquiredSlot(slot, owner, options.clock(), this::moved);
        SlotOwner fenced = slot.acquire(acquired, mayLose, false);
        if (fenced != null) {
            checkpoint.logTermination(fenced.pid(), name);
            fenced.terminate();
        }
        return acquired;
    }

    private void moved(long unsavedBytes) {
        movedListener.accept(unsavedBytes);
    }

    private ReplicationSlot require(String name) {
        ReplicationSlot slot = slots.get(name);
        if (slot == null) {
            throw SlotErrors.doesNotExist(name);
        }
        return slot;
    }

    /**
     * Runs {@code listener} once, when nobody has the slot acquired; at once if nobody has, or if there is no such slot. By then
     * somebody else may have it. It runs on the thread that gives the slot back, and must not block if that one must not.
     */
    public Registration whenFree(String name, Runnable listener) {
        ReplicationSlot slot = slots.get(name);
        if (slot == null) {
            listener.run();
            return () -> {};
        }
        slot.whenFree(listener);
        return () -> slot.forget(listener);
    }

    /**
     * Drops a slot of any kind; it is gone for good when this returns. {@code WAIT} is {@link #whenFree}, and then this again.
     *
     * @throws io.walcast.core.error.ServerErrorException with 42704, or 55006 if it is acquired
     */
    public void drop(String name, SlotOwner owner) {
        fileLock.lock();
        try {
            ReplicationSlot slot = require(name);
            AcquiredSlot acquired = new AcquiredSlot(slot, owner, options.clock(), this::moved);
            slot.acquire(acquired, active -> false, true);
            try {
                dropFiles(slot);
            } finally {
                acquired.release();
            }
        } finally {
            fileLock.unlock();
        }
    }

    private void dropFiles(ReplicationSlot slot) {
        files.drop(slot.name());
        slots.remove(slot.name());
        slot.dropped();
    }

    /**
     * Gives back all that {@code owner} holds and drops its temporary slots: at the end of its session, and after any error in
     * it. What a full disk keeps from being dropped is dropped at a later checkpoint.
     */
    public void cleanUp(SlotOwner owner) {
        for (ReplicationSlot slot : slots.values()) {
            slot.release(owner, options.clock().now());
        }
        fileLock.lock();
        try {
            for (ReplicationSlot slot : slots.values()) {
                if (slot.session() == owner) {
                    slot.abandon();
                }
            }
            dropAbandoned();
        } finally {
            fileLock.unlock();
        }
    }

    private void dropAbandoned() {
        for (ReplicationSlot slot : slots.values()) {
            try {
                if (slot.isAbandoned()) {
                    dropFiles(slot);
                }
            } catch (StorageException e) {
                checkpoint.passOverFullDisk(e);
            }
        }
    }

    /** Returns a slot's present state, or empty if there is no such slot. */
    public Optional<SlotState> find(String name) {
        return Optional.ofNullable(slots.get(name)).map(ReplicationSlot::state);
    }

    /** Returns whether a valid slot among {@code names} has an xmin or a catalog_xmin. */
    public boolean anyNeedsXids(Predicate<String> names) {
        return slots.values().stream()
                .map(ReplicationSlot::state)
                .anyMatch(state -> !state.isInvalidated()
                        && (state.xmin() != 0 || state.catalogXmin() != 0)
                        && names.test(state.name()));
    }

    /** Returns the rows of {@code pg_replication_slots}, by name; {@code wal} is null as long as there is no WAL. */
    public List<ReplicationSlotRow> rows(@Nullable WalExtent wal) {
        WalRetention retention = wal == null ? null : new WalRetention(limits, wal, minimum());
        return slots.values().stream()
                .map(slot -> SlotRows.row(slot, retention))
                .toList();
    }

    /** Returns the oldest position a slot needs ({@code XLogGetReplicationSlotMinimumLSN}); 0/0 if none needs any. */
    public Lsn minimum() {
        return checkpoint.minimum(Lsn.INVALID);
    }

    /** Returns how many bytes of a slot's progress a crash would undo, at most. */
    public long unsavedBytes() {
        return slots.values().stream()
                .mapToLong(ReplicationSlot::unsavedBytes)
                .max()
                .orElse(0);
    }

    /** Saves what has changed; {@link #checkpoint} without the rest. A full disk is logged, and tried again the next time. */
    public void save() {
        fileLock.lock();
        try {
            dropAbandoned();
            checkpoint.save();
        } finally {
            fileLock.unlock();
        }
    }

    /**
     * Saves what has changed; if WAL is removed at all, invalidates slots that are too far behind, ends their sessions, and removes
     * the WAL that nobody needs. A full disk is logged, and tried again the next time; nothing is removed then on the word of what is not saved.
     *
     * @param wal which WAL there is
     * @param neededByOthers the oldest position needed without a slot: by an open sender, a backup; 0/0 for none
     * @param removal removes WAL; null to keep all of it, and every slot valid
     */
    public void checkpoint(WalExtent wal, Lsn neededByOthers, @Nullable WalRemoval removal) {
        long oldestKept;
        fileLock.lock();
        try {
            dropAbandoned();
            boolean saved = checkpoint.save();
            oldestKept = removal == null ? 0 : checkpoint.invalidate(wal, limits, neededByOthers);
            if (!checkpoint.save() || !saved) {
                return;
            }
        } finally {
            fileLock.unlock();
        }
        if (removal != null && oldestKept > 0) {
            checkpoint.remove(removal, wal, oldestKept);
        }
    }

    /** Saves what has changed and gives up the lock. After a failure it only gives up the lock. */
    @Override
    public void close() {
        fileLock.lock();
        try {
            if (!files.hasFailed()) {
                checkpoint.save();
            }
        } finally {
            fileLock.unlock();
            files.close();
        }
    }
}
