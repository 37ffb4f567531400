// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.ipc.Clock;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How long an address waits for the answer to a failed login: 100 ms at first, twice as long each time, 5 s at most. A
 * login that succeeds, or a minute without a failure, starts it over. Of the addresses the latest are remembered.
 *
 * <p>Safe for use from any thread.
 */
public final class FailedLogins {
    static final long FIRST_DELAY_MS = 100;
    static final long LONGEST_DELAY_MS = 5_000;
    static final int ADDRESSES = 4_096;

    private static final int DOUBLINGS = 6;
    private static final long FORGOTTEN_AFTER_NS = TimeUnit.MINUTES.toNanos(1);

    private final Clock clock;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<InetAddress, Streak> streaks = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Streak> eldest) {
            return size() > ADDRESSES;
        }
    };

    /** Remembers nobody yet. */
    public FailedLogins(Clock clock) {
        this.clock = clock;
    }

    private record Streak(int failures, long lastNs) {}

    /** Counts a failure; returns how long to wait before it is told. */
    public long failed(InetAddress address) {
        long nowNs = clock.nanoTime();
        synchronized (lock) {
            Streak streak = streaks.get(address);
            boolean goesOn = streak != null && nowNs - streak.lastNs() < FORGOTTEN_AFTER_NS;
            int earlier = streak != null && goesOn ? streak.failures() : 0;
            streaks.put(address, new Streak(Math.min(earlier + 1, DOUBLINGS), nowNs));
            return Math.min(FIRST_DELAY_MS << earlier, LONGEST_DELAY_MS);
        }
    }

    /** Forgets the failures of {@code address}. */
    public void succeeded(InetAddress address) {
        synchronized (lock) {
            streaks.remove(address);
        }
    }
}
