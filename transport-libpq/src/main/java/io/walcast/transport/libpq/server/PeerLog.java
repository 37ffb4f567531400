// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.PrintableText;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.ipc.Clock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The lines that peers cause: one an event, without control characters, and of one address at most ten a minute with the
 * same SQLSTATE; how many were left out is said with the next. Logins go to the logger {@code io.walcast.audit}.
 *
 * <p>Safe for use from any thread.
 */
final class PeerLog {
    static final int LINES_PER_MINUTE = 10;

    private static final Logger logger = LoggerFactory.getLogger(PeerLog.class);
    private static final Logger audit = LoggerFactory.getLogger("io.walcast.audit");
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

    PeerLog(Clock clock) {
        this.clock = clock;
    }

    private record Cause(InetAddress address, String what) {}

    private record Period(long startNs, int lines) {}

    /** A login that was completed. */
    void loggedIn(InetSocketAddress peer, String user, String method, String encryption) {
        audit.atInfo()
                .addKeyValue("event", "login")
                .addKeyValue("user", PrintableText.of(user))
                .addKeyValue("client", text(peer))
                .addKeyValue("method", method)
                .log("login of \"{}\" from {} ({}, {})", PrintableText.of(user), text(peer), method, encryption);
    }

    /** A login that was refused. */
    void loginFailed(InetSocketAddress peer, String user, ErrorFields told) {
        log(audit, Level.WARN, peer, told.sqlState(), "login of \"" + user + "\" failed: " + told.message());
    }

    /** A connection that ends because of what its peer did. */
    void closed(InetSocketAddress peer, SqlState state, String reason) {
        log(logger, Level.WARN, peer, state, "connection closed: " + reason);
    }

    /** A connection that ends in a way that every port sees all day. */
    void closedQuietly(InetSocketAddress peer, String reason) {
        if (logger.isDebugEnabled()) {
            log(logger, Level.DEBUG, peer, SqlState.CONNECTION_FAILURE, "connection closed: " + reason);
        }
    }

    /** A connection that was closed as soon as it was made, because too many are in their handshake. */
    void tooMany(InetSocketAddress peer) {
        log(logger, Level.WARN, peer, SqlState.TOO_MANY_CONNECTIONS, "connection refused: too many have not logged in");
    }

    /** A failure of our own. */
    void failure(InetSocketAddress peer, Throwable cause) {
        logger.atError().addKeyValue("client", text(peer)).setCause(cause).log("connection of {} failed", text(peer));
    }

    private void log(Logger target, Level level, InetSocketAddress peer, SqlState state, String text) {
        int leftOut = admit(new Cause(peer.getAddress(), target.getName() + state.code()));
        if (leftOut < 0) {
            return;
        }
        String more = leftOut == 0 ? "" : " (%d such lines left out)".formatted(leftOut);
        target.atLevel(level)
                .addKeyValue("client", text(peer))
                .addKeyValue("sqlState", state.code())
                .log("{}: {}{}", text(peer), PrintableText.of(text), more);
    }

    /** Returns how many lines were left out before this one, or -1 if this one is left out too. */
    private int admit(Cause cause) {
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

    private static String text(InetSocketAddress peer) {
        return peer.getAddress().getHostAddress() + ":" + peer.getPort();
    }
}
