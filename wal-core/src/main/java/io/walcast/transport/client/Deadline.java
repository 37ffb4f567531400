// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.client;

import java.time.Duration;

/**
 * A moment after which waiting ends, or none.
 *
 * @param atNs the moment, on {@link System#nanoTime}'s scale; means nothing if {@code never}
 * @param never whether there is no such moment
 */
public record Deadline(long atNs, boolean never) {
    /** No moment: waiting never ends by itself. */
    public static final Deadline NEVER = new Deadline(0, true);

    /** Returns the moment {@code limit} from now; zero means never. */
    public static Deadline after(Duration limit) {
        return limit.isZero() ? NEVER : new Deadline(System.nanoTime() + limit.toNanos(), false);
    }

    /** Returns the earlier of the two. */
    public Deadline earlier(Deadline other) {
        if (never) {
            return other;
        }
        return other.never || atNs - other.atNs < 0 ? this : other;
    }

    /** Returns how long there is still to wait; 0 or less when it has passed. */
    public long leftNs() {
        return never ? Long.MAX_VALUE / 4 : atNs - System.nanoTime();
    }

    /** Returns whether the moment has come. */
    public boolean hasPassed() {
        return leftNs() <= 0;
    }
}
