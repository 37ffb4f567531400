// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.walcast.auth.AuthMethod;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.SessionPeer;
import io.walcast.transport.SessionRequest;
import io.walcast.transport.server.LoginErrors;
import java.util.Locale;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a call comes to its session: in time, by a login, if there is room. And how it is counted as long as it has one.
 *
 * <p>Confined to the call's turns.
 */
final class Entry {
    private final ServerContext server;
    private final Turns turns;
    private final Caller caller;
    private @Nullable Future<?> deadline;
    private @Nullable ReplicationSession session;
    private boolean isOver;

    Entry(ServerContext server, Turns turns, Caller caller) {
        this.server = server;
        this.turns = turns;
        this.caller = caller;
    }

    /** Has {@code whenLate} run in a turn if the session is not open in time. */
    void limit(Runnable whenLate) {
        deadline = server.threads.schedule(
                () -> turns.execute(() -> {
                    if (!isOver && session == null) {
                        whenLate.run();
                    }
                }),
                server.options.limits().handshakeTimeout().toNanos());
    }

    /** Has one of the two told, in a turn; none if the call has ended meanwhile. */
    void begin(
            LoginRequest login,
            SessionPeer peer,
            Consumer<ReplicationSession> whenOpen,
            Consumer<ErrorFields> whenRefused,
            Consumer<Runnable> guard) {
        if (!server.sessions.hasRoom()) {
            whenRefused.accept(LoginErrors.tooManyClients());
            return;
        }
        new Login(
                        server,
                        turns,
                        caller,
                        login,
                        method -> guard.accept(() -> open(login, method, peer, whenOpen)),
                        fields -> guard.accept(() -> whenRefused.accept(fields)),
                        guard)
                .begin();
    }

    private void open(LoginRequest login, AuthMethod method, SessionPeer peer, Consumer<ReplicationSession> whenOpen) {
        if (isOver) {
            return;
        }
        if (!server.sessions.enter()) {
            throw new ServerErrorException(LoginErrors.tooManyClients());
        }
        Connection connection = caller.connection();
        if (connection != null && !connection.logIn()) {
            server.sessions.leave();
            throw new ServerErrorException(LoginErrors.tooManyClients());
        }
        server.log.loggedIn(
                caller, login.user(), method.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        ReplicationSession opened = null;
        try {
            opened = server.service.open(
                    new SessionRequest(
                            login.mode(),
                            login.user(),
                            login.database(),
                            login.settings(),
                            ServerContext.TRANSPORT_NAME,
                            caller.address(),
                            caller.tls(),
                            null),
                    peer);
        } catch (ServerErrorException e) {
            server.log.loginFailed(caller.address(), login.user(), e.fields());
            throw e;
        } finally {
            if (opened == null) {
                server.sessions.leave();
            }
        }
        session = opened;
        lift();
        whenOpen.accept(opened);
    }

    private void lift() {
        Future<?> pending = deadline;
        if (pending != null) {
            deadline = null;
            pending.cancel(false);
        }
    }

    /** Tells the session, if there is one, that the call is over. Idempotent. */
    void leave(CloseReason reason) {
        if (isOver) {
            return;
        }
        isOver = true;
        lift();
        ReplicationSession opened = session;
        if (opened != null) {
            try {
                opened.closed(reason);
            } finally {
                server.sessions.leave();
            }
        }
    }
}
