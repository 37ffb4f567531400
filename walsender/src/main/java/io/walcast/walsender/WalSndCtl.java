// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import io.walcast.ipc.Latch;
import io.walcast.ipc.StandbyFeedback;
import io.walcast.walsender.slot.ReplicationSlots;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The table of the walsenders ({@code WalSndCtl}). Safe for use from any thread. */
final class WalSndCtl implements StandbyFeedback {
    private final ReplicationSlots slots;
    private final ConcurrentSkipListMap<Integer, WalSender> sessions = new ConcurrentSkipListMap<>();

    /** What peers with a slot asked for; it outlives their sessions, as the slot's xmin does. */
    private final Map<String, XminHorizon> neededBySlots = new ConcurrentHashMap<>();

    private final ReentrantLock lock = new ReentrantLock();

    /** Whoever waits for the end of the sessions. */
    private final Set<Latch> waiting = ConcurrentHashMap.newKeySet();

    private int lastPid;

    // Set once by whoever stops the node, read by all sessions.
    private volatile boolean stopping;

    WalSndCtl(ReplicationSlots slots) {
        this.slots = slots;
    }

    /** Returns a number for a session; none is given twice before all were. */
    int newPid() {
        lock.lock();
        try {
            do {
                lastPid = lastPid == Integer.MAX_VALUE ? 1 : lastPid + 1;
            } while (sessions.containsKey(lastPid));
            return lastPid;
        } finally {
            lock.unlock();
        }
    }

    /** Adds a session unless there are {@code maxWalSenders}; returns whether it was added. */
    boolean add(WalSender session, int maxWalSenders) {
        lock.lock();
        try {
            if (sessions.size() >= maxWalSenders) {
                return false;
            }
            sessions.put(session.pid(), session);
            return true;
        } finally {
            lock.unlock();
        }
    }

    void remove(WalSender session) {
        lock.lock();
        try {
            sessions.remove(session.pid());
        } finally {
            lock.unlock();
        }
        waiting.forEach(Latch::set);
    }

    @Nullable
    WalSender find(int pid) {
        return sessions.get(pid);
    }

    /** Returns the sessions, by pid; the view follows what happens. */
    Collection<WalSender> sessions() {
        return sessions.values();
    }

    /** Returns the session that streams through the slot, or null if none does. */
    @Nullable
    WalSender streamingThrough(String slot) {
        return sessions.values().stream()
                .filter(session -> slot.equals(session.walSnd().slotName()))
                .findFirst()
                .orElse(null);
    }

    /** Says that the node is going down ({@code WalSndInitStopping}). */
    void initStopping() {
        stopping = true;
    }

    boolean isStopping() {
        return stopping;
    }

    /** Returns whether all sessions have gone before {@code timeoutNs} have passed; nothing interrupts the wait. */
    boolean awaitEmpty(long timeoutNs) {
        Latch left = new Latch();
        waiting.add(left);
        try {
            long deadlineNs = System.nanoTime() + timeoutNs;
            for (long leftNs = timeoutNs; !sessions.isEmpty() && leftNs > 0; leftNs = deadlineNs - System.nanoTime()) {
                left.await(leftNs);
                left.reset();
            }
            return sessions.isEmpty();
        } finally {
            waiting.remove(left);
        }
    }

    /** Takes note of what the peer behind a slot needs. */
    void slotNeeds(String slot, XminHorizon needed) {
        neededBySlots.put(slot, needed);
    }

    /** Takes note that a slot was dropped: another one of that name needs nothing yet. */
    void slotDropped(String slot) {
        neededBySlots.remove(slot);
    }

    @Override
    public @Nullable HotStandbyFeedback current(PgTimestamp now) {
        neededBySlots
                .keySet()
                .removeIf(slot ->
                        slots.find(slot).filter(state -> !state.isInvalidated()).isEmpty());
        if (slots.anyNeedsXids(slot -> !neededBySlots.containsKey(slot))) {
            return null;
        }
        XminHorizon all = XminHorizon.NONE;
        for (WalSender session : sessions.values()) {
            all = all.and(session.walSnd().horizon());
        }
        for (XminHorizon needed : neededBySlots.values()) {
            all = all.and(needed);
        }
        return all.toFeedback(now);
    }
}
