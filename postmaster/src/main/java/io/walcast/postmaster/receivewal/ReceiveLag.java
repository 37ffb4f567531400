// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import io.walcast.core.Lsn;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Tells how long ago the server's WAL was where ours is now, from samples of the server's end of WAL.
 *
 * <p>Threading: one caller.
 */
final class ReceiveLag {
    private static final int MAX_SAMPLES = 4096;

    private final Deque<Sample> samples = new ArrayDeque<>();

    private record Sample(Lsn serverEnd, long atNs) {}

    /** Notes that the server's WAL ended at {@code serverEnd} at {@code nowNs}. */
    void sample(Lsn serverEnd, long nowNs) {
        Sample last = samples.peekLast();
        if (last == null || serverEnd.isAfter(last.serverEnd())) {
            if (samples.size() == MAX_SAMPLES) {
                // The newest gives way, so that the oldest, which decides, stays true.
                samples.removeLast();
            }
            samples.addLast(new Sample(serverEnd, nowNs));
        }
    }

    /** Returns for how long the server has had WAL that is not before {@code ours}; 0 if it has none. */
    long behindNs(Lsn ours, long nowNs) {
        for (Sample first = samples.peekFirst();
                first != null && !first.serverEnd().isAfter(ours);
                first = samples.peekFirst()) {
            samples.removeFirst();
        }
        Sample oldest = samples.peekFirst();
        return oldest == null ? 0 : nowNs - oldest.atNs();
    }
}
