// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.ipc.StatReplicationRow;
import io.walcast.transport.SessionRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One walsender's entry in the shared table ({@code WalSnd}): what its session has to show.
 *
 * <p>Threading: written by its session, read by any thread.
 */
final class WalSnd {
    private final int pid;
    private final SessionRequest request;
    private final String applicationName;
    private final PgTimestamp backendStart;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private WalSndState state = WalSndState.STARTUP;

    @GuardedBy("lock")
    private @Nullable String slotName;

    @GuardedBy("lock")
    private Lsn sent = Lsn.INVALID;

    @GuardedBy("lock")
    private StatusUpdate reply = nothingReported();

    @GuardedBy("lock")
    private Lags lags = Lags.UNKNOWN;

    @GuardedBy("lock")
    private boolean ahead;

    @GuardedBy("lock")
    private XminHorizon horizon = XminHorizon.NONE;

    /** Makes the entry of a session that has just begun. */
    WalSnd(int pid, SessionRequest request, String applicationName, PgTimestamp backendStart) {
        this.pid = pid;
        this.request = requireNonNull(request, "request");
        this.applicationName = requireNonNull(applicationName, "applicationName");
        this.backendStart = requireNonNull(backendStart, "backendStart");
    }

    /**
     * How far the peer lags behind, in ns; {@link LagTracker#UNKNOWN} where nobody can say.
     *
     * @param write until it has written
     * @param flush until it has flushed
     * @param apply until it has replayed
     */
    record Lags(long write, long flush, long apply) {
        static final Lags UNKNOWN = new Lags(LagTracker.UNKNOWN, LagTracker.UNKNOWN, LagTracker.UNKNOWN);

        /** Returns these, with what is unknown taken from {@code earlier}. */
        Lags orElse(Lags earlier) {
            return new Lags(
                    write == LagTracker.UNKNOWN ? earlier.write : write,
                    flush == LagTracker.UNKNOWN ? earlier.flush : flush,
                    apply == LagTracker.UNKNOWN ? earlier.apply : apply);
        }
    }

    int pid() {
        return pid;
    }

    SessionRequest request() {
        return request;
    }

    WalSndState state() {
        synchronized (lock) {
            return state;
        }
    }

    /** The only place that changes the state; staying is no change. */
    void moveTo(WalSndState next) {
        synchronized (lock) {
            if (state == next) {
                return;
            }
            if (!state.canMoveTo(next)) {
                throw new IllegalStateException(state + " -> " + next);
            }
            state = next;
        }
    }

    /** Takes note that a stream begins: what was reported in an earlier one counts no more. */
    void begins(Lsn start, @Nullable String slot) {
        synchronized (lock) {
            slotName = slot;
            sent = start;
            reply = nothingReported();
            lags = Lags.UNKNOWN;
            ahead = false;
            horizon = XminHorizon.NONE;
        }
    }

    /** Takes note that a stream is over: nothing is needed or asked for in its name any more. */
    void ends() {
        begins(Lsn.INVALID, null);
    }

    void sent(Lsn upto) {
        synchronized (lock) {
            sent = upto;
        }
    }

    /** Takes note of a status update; {@code idle} if the peer has had everything for a while, so that old lags go. */
    void replied(StatusUpdate update, Lags measured, boolean idle, boolean isAhead) {
        synchronized (lock) {
            reply = update;
            lags = idle ? measured : measured.orElse(lags);
            ahead = isAhead;
        }
    }

    void horizon(XminHorizon needed) {
        synchronized (lock) {
            horizon = needed;
        }
    }

    XminHorizon horizon() {
        synchronized (lock) {
            return horizon;
        }
    }

    @Nullable
    String slotName() {
        synchronized (lock) {
            return slotName;
        }
    }

    /** Returns up to where the peer has the WAL for good, as it says, or as far as it says anything. */
    Lsn replicated() {
        synchronized (lock) {
            return reply.flush().isValid() ? reply.flush() : reply.write();
        }
    }

    /** Returns the row of {@code pg_stat_replication}. */
    StatReplicationRow row() {
        synchronized (lock) {
            return new StatReplicationRow(
                    pid,
                    request.user(),
                    applicationName,
                    request.client(),
                    backendStart,
                    slotName == null ? horizon.oldest() : null,
                    state.text(),
                    known(sent),
                    known(reply.write()),
                    known(reply.flush()),
                    known(reply.apply()),
                    known(lags.write()),
                    known(lags.flush()),
                    known(lags.apply()),
                    0,
                    "async",
                    reply.sentAt().equals(PgTimestamp.NONE) ? null : reply.sentAt(),
                    slotName,
                    request.transport(),
                    ahead);
        }
    }

    private static StatusUpdate nothingReported() {
        return new StatusUpdate(Lsn.INVALID, Lsn.INVALID, Lsn.INVALID, PgTimestamp.NONE, false);
    }

    private static @Nullable Lsn known(Lsn lsn) {
        return lsn.isValid() ? lsn : null;
    }

    private static @Nullable Duration known(long lagNs) {
        return lagNs < 0 ? null : Duration.ofNanos(lagNs);
    }
}
