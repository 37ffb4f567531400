// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.walcast.auth.AuthMethod;
import io.walcast.core.error.ServerErrorException;
import io.walcast.transport.CancelKey;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.SessionRequest;
import io.walcast.transport.server.LoginErrors;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What follows a proof of identity: AuthenticationOk, the session, its parameters, ReadyForQuery. Stateless. */
final class SessionStart {
    private SessionStart() {}

    static void begin(
            FrontendConnection connection,
            StartupPacket startup,
            ProtocolVersion version,
            @Nullable Encrypted encrypted,
            AuthMethod method) {
        ServerContext server = connection.server();
        if (!connection.logIn()) {
            throw tooManyClients();
        }
        SessionRequest.TlsState tls = encrypted == null ? null : encrypted.state();
        server.log.loggedIn(
                connection.peer(),
                startup.user(),
                method.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                tls == null ? "no encryption" : tls.version());
        connection.write(BackendMessages.authenticationOk());
        CancelKey key = CancelKey.random(server.random, version.cancelKeyBytes());
        SessionRequest request = new SessionRequest(
                startup.mode(),
                startup.user(),
                startup.database(),
                startup.settings(),
                ServerContext.TRANSPORT_NAME,
                connection.peer(),
                tls,
                key);
        ConnectedPeer peer = new ConnectedPeer(connection);
        try {
            ReplicationSession session = server.service.open(request, peer);
            connection.enter(new SessionPhase(connection, session, peer, startup.mode()));
            connection.writeAndFlush(BackendMessages.sessionStart(session.parameters(), session.pid(), key.secret()));
        } catch (ServerErrorException e) {
            server.log.loginFailed(connection.peer(), startup.user(), e.fields());
            connection.leave(BackendMessages.error(e.fields()), CloseReason.ENDED_BY_SERVER);
        }
    }

    static ServerErrorException tooManyClients() {
        return new ServerErrorException(LoginErrors.tooManyClients());
    }
}
