// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.walcast.core.PrintableText;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.ipc.Clock;
import io.walcast.transport.server.LineLimit;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The lines that peers cause: one an event, without control characters, and not too many of one address. Logins go to the
 * logger {@code io.walcast.audit}.
 *
 * <p>Safe for use from any thread.
 */
final class PeerLog {
    private static final Logger logger = LoggerFactory.getLogger(PeerLog.class);
    private static final Logger audit = LoggerFactory.getLogger("io.walcast.audit");

    private final LineLimit limit;

    PeerLog(Clock clock) {
        this.limit = new LineLimit(clock);
    }

    /** A login that was completed. */
    void loggedIn(Caller caller, String user, String method) {
        audit.atInfo()
                .addKeyValue("event", "login")
                .addKeyValue("user", PrintableText.of(user))
                .addKeyValue("client", text(caller.address()))
                .addKeyValue("method", method)
                .log(
                        "login of \"{}\" from {} ({}, {})",
                        PrintableText.of(user),
                        text(caller.address()),
                        method,
                        caller.encryption());
    }

    /** A login that was refused. */
    void loginFailed(InetSocketAddress peer, String user, ErrorFields told) {
        log(audit, Level.WARN, peer, told.sqlState(), "login of \"" + user + "\" failed: " + told.message());
    }

    /** A call, or a connection, that ends because of what its peer did. */
    void closed(InetSocketAddress peer, SqlState state, String reason) {
        log(logger, Level.WARN, peer, state, "closed: " + reason);
    }

    /** A connection that was closed as soon as it was made, because too many are strangers. */
    void tooMany(InetSocketAddress peer) {
        log(logger, Level.WARN, peer, SqlState.TOO_MANY_CONNECTIONS, "connection refused: too many have not logged in");
    }

    /** A failure of our own. */
    void failure(InetSocketAddress peer, Throwable cause) {
        logger.atError().addKeyValue("client", text(peer)).setCause(cause).log("session of {} failed", text(peer));
    }

    private void log(Logger target, Level level, InetSocketAddress peer, SqlState state, String text) {
        int leftOut = limit.admit(peer.getAddress(), target.getName() + state.code());
        if (leftOut < 0) {
            return;
        }
        String more = leftOut == 0 ? "" : " (%d such lines left out)".formatted(leftOut);
        target.atLevel(level)
                .addKeyValue("client", text(peer))
                .addKeyValue("sqlState", state.code())
                .log("{}: {}{}", text(peer), PrintableText.of(text), more);
    }

    private static String text(InetSocketAddress peer) {
        return peer.getAddress().getHostAddress() + ":" + peer.getPort();
    }
}
