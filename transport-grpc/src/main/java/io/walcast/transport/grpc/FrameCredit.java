// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * How many messages gRPC may hand over ahead of the owner: some, so that nobody waits for the other, but only of so many
 * bytes. What is not asked for stays in HTTP/2's window. Safe for use from any thread.
 */
final class FrameCredit {
    private static final int MOST_MESSAGES = 16;
    private static final int DECAY_SHIFT = 3;

    private final Object lock = new Object();
    private final int budgetBytes;

    @GuardedBy("lock")
    private int asked;

    @GuardedBy("lock")
    private long waitingBytes;

    @GuardedBy("lock")
    private int usualBytes;

    FrameCredit(int budgetBytes) {
        this.budgetBytes = budgetBytes;
        this.usualBytes = budgetBytes;
    }

    /** A message came. */
    void arrived(int bytes) {
        synchronized (lock) {
            asked--;
            waitingBytes += bytes;
            usualBytes = Math.max(bytes, usualBytes - (usualBytes >> DECAY_SHIFT));
        }
    }

    /** The owner took a message. */
    void taken(int bytes) {
        synchronized (lock) {
            waitingBytes -= bytes;
        }
    }

    /** Returns how many more to ask for now. */
    int more() {
        synchronized (lock) {
            long room = budgetBytes - waitingBytes;
            int allowed = room <= 0 ? 0 : (int) Math.max(1, Math.min(MOST_MESSAGES, room / Math.max(1, usualBytes)));
            int more = asked > allowed / 2 ? 0 : allowed - asked;
            asked += more;
            return more;
        }
    }
}
