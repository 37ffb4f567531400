// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A slot in memory ({@code ReplicationSlot}): what is true now, what was saved last, and who uses it.
 *
 * <p>Threading: any thread. The lock is held for a few instructions only, never while a file is touched.
 */
final class ReplicationSlot {
    private static final int FIRST_NORMAL_XID = 3;

    private final Object lock = new Object();
    private final String name;

    /** The session that a temporary slot goes with. */
    private final @Nullable SlotOwner session;

    @GuardedBy("lock")
    private SlotState state;

    /** What a crash would leave. */
    @GuardedBy("lock")
    private SlotState saved;

    @GuardedBy("lock")
    private @Nullable AcquiredSlot holder;

    @GuardedBy("lock")
    private @Nullable PgTimestamp inactiveSince;

    @GuardedBy("lock")
    private boolean dropped;

    /** Whether the session of a temporary slot is gone and the files are still there. */
    @GuardedBy("lock")
    private boolean abandoned;

    @GuardedBy("lock")
    private final List<Runnable> waiters = new ArrayList<>();

    /** Makes one whose {@code state} is on disk. */
    ReplicationSlot(SlotState state, @Nullable SlotOwner session, @Nullable PgTimestamp inactiveSince) {
        this.name = state.name();
        this.session = session;
        this.state = state;
        this.saved = state;
        this.inactiveSince = inactiveSince;
    }

    String name() {
        return name;
    }

    @Nullable
    SlotOwner session() {
        return session;
    }

    SlotState state() {
        synchronized (lock) {
            return state;
        }
    }

    /** Returns who uses the slot; of a temporary one always its session. */
    @Nullable
    SlotOwner activeOwner() {
        synchronized (lock) {
            return holder == null ? session : holder.owner();
        }
    }

    @Nullable
    PgTimestamp inactiveSince() {
        synchronized (lock) {
            return activeOwner() == null ? inactiveSince : null;
        }
    }

    /**
     * Gives the slot to {@code taker}; whoever had it can do nothing with it from then on.
     *
     * @param mayLose whether that other owner may lose it
     * @param anyState whether an invalid or a logical slot will do
     * @return who lost it, or null
     */
    @Nullable
    SlotOwner acquire(AcquiredSlot taker, Predicate<SlotOwner> mayLose, boolean anyState) {
        synchronized (lock) {
            if (dropped) {
                throw SlotErrors.doesNotExist(name);
            }
            SlotOwner active = activeOwner();
            boolean free = holder == null && (session == null || session == taker.owner());
            if (!free && active != null && (session != null || !mayLose.test(active))) {
                throw SlotErrors.active(name, active.pid());
            }
            if (!anyState && state.isInvalidated()) {
                throw SlotErrors.invalidated(state);
            }
            if (!anyState && !state.isPhysical()) {
                throw SlotErrors.logical();
            }
            holder = taker;
            return free ? null : active;
        }
    }

    /** Ends the use by {@code acquired}; nothing happens if that has lost it already. */
    void release(AcquiredSlot acquired, PgTimestamp now) {
        List<Runnable> told;
        synchronized (lock) {
            if (holder != acquired) {
                return;
            }
            holder = null;
            inactiveSince = now;
            told = takeWaiters();
        }
        told.forEach(Runnable::run);
    }

    /** Ends the use by {@code owner}, however it holds the slot. */
    void release(SlotOwner owner, PgTimestamp now) {
        AcquiredSlot held;
        synchronized (lock) {
            held = holder;
        }
        if (held != null && held.owner() == owner) {
            release(held, now);
        }
    }

    /** Marks the slot as gone; nobody can acquire it any more. */
    void dropped() {
        List<Runnable> told;
        synchronized (lock) {
            dropped = true;
            holder = null;
            told = takeWaiters();
        }
        told.forEach(Runnable::run);
    }

    /** Says that the session of this temporary slot is over. */
    void abandon() {
        synchronized (lock) {
            abandoned = true;
        }
    }

    boolean isAbandoned() {
        synchronized (lock) {
            return abandoned;
        }
    }

    /** Has {@code waiter} run once, when nobody uses the slot; at once if nobody does. */
    void whenFree(Runnable waiter) {
        synchronized (lock) {
            if (!dropped && activeOwner() != null) {
                waiters.add(waiter);
                return;
            }
        }
        waiter.run();
    }

    void forget(Runnable waiter) {
        synchronized (lock) {
            waiters.remove(waiter);
        }
    }

    @GuardedBy("lock")
    private List<Runnable> takeWaiters() {
        List<Runnable> told = List.copyOf(waiters);
        waiters.clear();
        return told;
    }

    boolean isHeldBy(AcquiredSlot acquired) {
        synchronized (lock) {
            return holder == acquired;
        }
    }

    /** Moves the slot forward, never back, and never past what was sent. */
    Confirmation confirm(AcquiredSlot by, Lsn flush, Lsn sentInSession, Lsn ourFlush) {
        synchronized (lock) {
            if (holder != by || state.isInvalidated()) {
                return Confirmation.FENCED;
            }
            if (!flush.isValid()) {
                return Confirmation.NOT_REPORTED;
            }
            if (flush.isAfter(ourFlush)) {
                return Confirmation.BEYOND_OUR_FLUSH;
            }
            if (flush.isBefore(state.restartLsn())) {
                return Confirmation.BEHIND;
            }
            Lsn target = Lsn.min(flush, sentInSession);
            if (!target.isAfter(state.restartLsn())) {
                return Confirmation.UNCHANGED;
            }
            state = state.withRestartLsn(target);
            return Confirmation.MOVED;
        }
    }

    /** Takes over the transaction numbers of a hot standby feedback ({@code PhysicalReplicationSlotNewXmin}). */
    void feedback(AcquiredSlot by, int xmin, int catalogXmin) {
        synchronized (lock) {
            if (holder == by && !state.isInvalidated()) {
                SlotState moved =
                        state.withXmins(newXmin(state.xmin(), xmin), newXmin(state.catalogXmin(), catalogXmin));
                state = moved.equals(state) ? state : moved;
            }
        }
    }

    /** Only forward, or away from "none", or to it. */
    private static int newXmin(int current, int told) {
        return isNormal(current) && isNormal(told) && told - current <= 0 ? current : told;
    }

    private static boolean isNormal(int xid) {
        return Integer.compareUnsigned(xid, FIRST_NORMAL_XID) >= 0;
    }

    /**
     * Makes the slot invalid if it needs WAL before {@code oldest}; returns what it was like, or null if it has moved on.
     *
     * @param now since when nobody uses it
     */
    @Nullable
    Invalidated invalidateIfBefore(Lsn oldest, PgTimestamp now) {
        Invalidated invalidated;
        List<Runnable> told;
        synchronized (lock) {
            Lsn restartLsn = state.restartLsn();
            if (dropped || !restartLsn.isValid() || !restartLsn.isBefore(oldest)) {
                return null;
            }
            invalidated = new Invalidated(restartLsn, activeOwner());
            if (holder != null) {
                holder = null;
                inactiveSince = now;
            }
            state = state.withWalRemoved();
            told = takeWaiters();
        }
        told.forEach(Runnable::run);
        return invalidated;
    }

    /**
     * What a slot was like when it was made invalid.
     *
     * @param restartLsn from where it needed WAL
     * @param owner who used it
     */
    record Invalidated(Lsn restartLsn, @Nullable SlotOwner owner) {}

    /** Returns whether the disk holds less than is true. */
    boolean isDirty() {
        synchronized (lock) {
            return !dropped && !state.equals(saved);
        }
    }

    /** Says that {@code written} is on disk. */
    void saved(SlotState written) {
        synchronized (lock) {
            saved = written;
        }
    }

    /** Returns from where WAL has to be kept for this slot, whatever happens; 0/0 if none has to. */
    Lsn neededFrom() {
        synchronized (lock) {
            Lsn now = state.isInvalidated() ? Lsn.INVALID : state.restartLsn();
            boolean atRisk = now.isValid()
                    && state.persistency() == SlotPersistency.PERSISTENT
                    && saved.restartLsn().isValid()
                    && saved.restartLsn().isBefore(now);
            return atRisk ? saved.restartLsn() : now;
        }
    }

    /** Returns how far the slot has moved since it was saved, in bytes. */
    long unsavedBytes() {
        synchronized (lock) {
            Lsn now = state.restartLsn();
            return now.isAfter(saved.restartLsn())
                    ? now.value() - saved.restartLsn().value()
                    : 0;
        }
    }
}
