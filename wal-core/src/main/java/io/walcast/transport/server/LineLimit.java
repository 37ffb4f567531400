// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.ipc.Clock;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How many lines of the log peers may cause: of one address at most ten a minute for the same cause. How many were left out
 * is known with the next. Of the causes the latest are remembered.
 *
 * <p>Safe for use from any thread.
 */
public final class LineLimit {
    private static final int LINES_PER_MINUTE = 10;
    private static final long PERIOD_NS = TimeUnit.MINUTES.toNanos(1);
    private static final int REMEMBERED = 4_096;

    private final Clock clock;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<Cause, Period> periods = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Cause, Period> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** Remembers no line yet. */
    public LineLimit(Clock clock) {
        this.clock = clock;
    }

    private record Cause(InetAddress address, String what) {}

    private record Period(long startNs, int lines) {}

    /** Returns how many lines were left out before this one, or -1 if this one is to be left out too. */
    public int admit(InetAddress address, String what) {
        Cause cause = new Cause(address, what);
        long nowNs = clock.nanoTime();
        synchronized (lock) {
            Period period = periods.get(cause);
            if (period == null || nowNs - period.startNs() >= PERIOD_NS) {
                periods.put(cause, new Period(nowNs, 1));
                return period == null ? 0 : Math.max(0, period.lines() - LINES_PER_MINUTE);
            }
            periods.put(cause, new Period(period.startNs(), period.lines() + 1));
            return period.lines() < LINES_PER_MINUTE ? 0 : -1;
        }
    }
}
