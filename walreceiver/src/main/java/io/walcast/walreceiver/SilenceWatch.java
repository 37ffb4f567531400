// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.core.error.ConnectionException;
import io.walcast.ipc.Clock;
import java.time.Duration;

/**
 * Notices a peer that says nothing: asks for a sign of life at half the limit and gives up at the limit
 * ({@code wal_receiver_timeout}). Any message counts, not only WAL.
 *
 * <p>Threading: confined to the receiver thread.
 */
final class SilenceWatch {
    private final long timeoutNs;
    private final Clock clock;
    private long lastHeardNs;
    private boolean pinged;

    SilenceWatch(Duration timeout, Clock clock) {
        timeoutNs = timeout.toNanos();
        this.clock = clock;
        lastHeardNs = clock.nanoTime();
    }

    /** The peer said something. */
    void heard() {
        lastHeardNs = clock.nanoTime();
        pinged = false;
    }

    /**
     * Has {@code reporter} ask for a reply when it is time.
     *
     * @throws ConnectionException at the limit
     */
    void check(StatusReporter reporter) {
        if (timeoutNs == 0) {
            return;
        }
        long silentNs = clock.nanoTime() - lastHeardNs;
        if (silentNs >= timeoutNs) {
            throw new ConnectionException("terminating walreceiver due to timeout", null);
        }
        if (!pinged && silentNs >= timeoutNs / 2) {
            pinged = true;
            reporter.owePing();
        }
    }

    /** Returns how long until {@link #check} has to be called again. */
    long nextDueNs() {
        if (timeoutNs == 0) {
            return StatusReporter.NEVER;
        }
        long silentNs = clock.nanoTime() - lastHeardNs;
        return Math.max(0, (pinged ? timeoutNs : timeoutNs / 2) - silentNs);
    }
}
