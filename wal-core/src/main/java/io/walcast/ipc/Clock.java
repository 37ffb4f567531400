// SPDX-License-Identifier: Apache-2.0
package io.walcast.ipc;

import io.walcast.core.PgTimestamp;
import java.time.Instant;

/**
 * Time as the processes see it: a monotonic one for every decision, a wall clock for what is shown or sent.
 *
 * <p>Injected, so that tests decide. Safe for use from any thread.
 */
public interface Clock {

    /** Returns monotonic nanoseconds; only differences mean something. */
    long nanoTime();

    /** Returns the wall clock. */
    PgTimestamp now();

    /** Returns the machine's clock. */
    static Clock system() {
        return new Clock() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public PgTimestamp now() {
                return PgTimestamp.of(Instant.now());
            }
        };
    }
}
