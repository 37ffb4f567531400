// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static java.util.Objects.requireNonNullElse;

import io.walcast.core.Lsn;
import io.walcast.ipc.WalRcvState;
import io.walcast.ipc.WalRcvStatus;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Tells how far, and how long ago, the server's WAL was where ours is now, from samples of the server's end of WAL.
 *
 * <p>Threading: one caller.
 */
final class ReceiveLag {
    private static final int MAX_SAMPLES = 4096;

    private final boolean durable;
    private final Deque<Sample> samples = new ArrayDeque<>();

    private record Sample(Lsn serverEnd, long atNs) {}

    /**
     * How far we are behind the server.
     *
     * @param bytes in bytes of WAL
     * @param ns in time
     */
    record Behind(long bytes, long ns) {}

    /**
     * Makes one without samples.
     *
     * @param durable whether it is the lag of what is durable, not of what is written
     */
    ReceiveLag(boolean durable) {
        this.durable = durable;
    }

    /** Returns how far {@code status} is behind, and takes it as a sample; null while nothing streams. */
    @Nullable
    Behind measure(WalRcvStatus status, long nowNs) {
        Lsn written = status.written();
        if (status.state() != WalRcvState.STREAMING || written == null) {
            return null;
        }
        Lsn serverEnd = Lsn.max(written, requireNonNullElse(status.latestWalEnd(), written));
        Lsn ours = durable ? requireNonNullElse(status.flushed(), Lsn.INVALID) : written;
        sample(serverEnd, nowNs);
        long bytes = ours.isValid() && serverEnd.isAfter(ours) ? serverEnd.minus(ours) : 0;
        return new Behind(bytes, behindNs(ours, nowNs));
    }

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
