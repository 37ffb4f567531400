// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.storage.ServedPosition;
import io.walcast.core.storage.ServedWal;
import io.walcast.ipc.Agent;
import io.walcast.ipc.Cancellation.Registration;
import io.walcast.ipc.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Wakes sessions: those that wait for WAL when there is more, and those whose time has come. One agent does it for all ({@code
 * WalSndWakeup}, {@code WalSndWait}).
 *
 * <p>Threading: {@link #turn} by the agent, the rest by any thread.
 */
final class WalSndWakeup implements AutoCloseable {
    private static final long MAX_SLEEP_NS = TimeUnit.SECONDS.toNanos(10);

    private final ServedWal wal;
    private final WalSndCtl walSndCtl;
    private final Clock clock;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final List<Delayed> delayed = new ArrayList<>();

    // Confined to the agent.
    private @Nullable ServedPosition seen;

    // Written by start, read by whoever wakes.
    private volatile @Nullable Agent agent;
    private @Nullable Registration registration;

    WalSndWakeup(ServedWal wal, WalSndCtl walSndCtl, Clock clock) {
        this.wal = requireNonNull(wal, "wal");
        this.walSndCtl = requireNonNull(walSndCtl, "walSndCtl");
        this.clock = requireNonNull(clock, "clock");
    }

    /** Something to do later, on the agent's thread: it must not block. */
    private record Delayed(long dueNs, Runnable task) {}

    /** Starts the agent; {@code failureListener} is told what ended it against the plan. */
    void start(ThreadFactory threads, Consumer<Throwable> failureListener) {
        Agent started = Agent.start(threads, this::turn, failureListener);
        agent = started;
        registration = wal.wakeOnChange(started.latch());
        started.wake();
    }

    /** Looks after all sessions once and returns how long nothing has to be done, in ns. */
    long turn() {
        long nowNs = clock.nanoTime();
        long sleepNs = runDelayed(nowNs);
        ServedPosition position = wal.position();
        boolean moved = position != null && !position.equals(seen);
        seen = position;
        for (WalSender session : walSndCtl.sessions()) {
            sleepNs = Math.min(sleepNs, session.tick(nowNs, moved));
        }
        return Math.max(1, sleepNs);
    }

    private long runDelayed(long nowNs) {
        List<Runnable> due = new ArrayList<>();
        long sleepNs = MAX_SLEEP_NS;
        synchronized (lock) {
            for (Iterator<Delayed> all = delayed.iterator(); all.hasNext(); ) {
                Delayed next = all.next();
                if (next.dueNs - nowNs <= 0) {
                    all.remove();
                    due.add(next.task);
                } else {
                    sleepNs = Math.min(sleepNs, next.dueNs - nowNs);
                }
            }
        }
        due.forEach(Runnable::run);
        return sleepNs;
    }

    /** Runs {@code task} after that time; it must not block. */
    void after(long delayNs, Runnable task) {
        synchronized (lock) {
            delayed.add(new Delayed(clock.nanoTime() + delayNs, task));
        }
        wake();
    }

    /** Has a turn done soon: some time is nearer than was thought. */
    void wake() {
        Agent waking = agent;
        if (waking != null) {
            waking.wake();
        }
    }

    @Override
    public void close() {
        Registration registered = registration;
        if (registered != null) {
            registered.close();
        }
        Agent ending = agent;
        if (ending != null) {
            ending.close();
        }
    }
}
