// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.core.error.Retry;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to pause before the next attempt: 1 s, doubled with each failure up to 30 s, give or take half of it, so that
 * many receivers do not come back at once; a minute and more after a refusal that a person has to lift.
 *
 * <p>Threading: confined to the supervisor's thread.
 */
final class Backoff {
    private static final long FIRST_MS = 1_000;
    private static final long LAST_MS = 30_000;
    private static final long SLOW_MS = 60_000;

    private final RandomGenerator random;
    private long nextMs = FIRST_MS;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** A session streamed: the next failure starts a new streak. */
    void reset() {
        nextMs = FIRST_MS;
    }

    /**
     * Returns the pause after one more failure.
     *
     * @throws IllegalArgumentException for {@link Retry#NEVER}
     */
    Duration next(Retry retry) {
        return switch (retry) {
            case BACKOFF -> {
                long baseMs = nextMs;
                nextMs = Math.min(LAST_MS, nextMs * 2);
                yield Duration.ofMillis(baseMs / 2 + random.nextLong(baseMs + 1));
            }
            case SLOW -> Duration.ofMillis(SLOW_MS + random.nextLong(SLOW_MS / 2));
            case NEVER -> throw new IllegalArgumentException("retry: NEVER (expected: BACKOFF or SLOW)");
        };
    }
}
