// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit;

import io.walcast.core.PgTimestamp;
import io.walcast.ipc.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until a test moves it. Safe for use from any thread. */
public final class FakeClock implements Clock {
    private final AtomicLong nowNs = new AtomicLong();

    /** Makes a clock whose monotonic time starts shortly before it wraps, as {@link System#nanoTime} may. */
    public FakeClock() {
        nowNs.set(Long.MAX_VALUE - Duration.ofSeconds(5).toNanos());
    }

    /** Moves the time on. */
    public void advance(Duration duration) {
        nowNs.addAndGet(duration.toNanos());
    }

    @Override
    public long nanoTime() {
        return nowNs.get();
    }

    @Override
    public PgTimestamp now() {
        return new PgTimestamp(nowNs.get() / 1_000);
    }
}
