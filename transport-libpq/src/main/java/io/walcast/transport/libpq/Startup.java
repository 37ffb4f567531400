// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.SenderInfo;
import io.walcast.transport.client.CommandAnswers;
import io.walcast.transport.client.Deadline;
import io.walcast.transport.libpq.ServerSession.Frame;
import org.jspecify.annotations.Nullable;

/** From the startup message to the first ReadyForQuery. Used by the owner to be. */
final class Startup {
    private static final String WHAT = "connect";
    private static final String SECURE_SEARCH_PATH = "SELECT pg_catalog.set_config('search_path', '', false)";

    private final ServerSession session;
    private final Authentication authentication;
    private final Mode mode;
    private int backendPid;

    Startup(ServerSession session, Authentication authentication, Mode mode) {
        this.session = session;
        this.authentication = authentication;
        this.mode = mode;
    }

    EstablishedSession run(HostAddress address, @Nullable TlsSession tls, Deadline deadline) {
        authentication.run(deadline);
        awaitReady(deadline);
        if (mode != Mode.PHYSICAL) {
            new SimpleQuery(session).run(SECURE_SEARCH_PATH, SimpleQuery.Inspector.ANYTHING, deadline);
        }
        String version = session.parameters().get("server_version");
        SenderInfo info = new SenderInfo(
                address.entry().shownHost(),
                address.entry().port(),
                CommandAnswers.serverVersion(version),
                backendPid,
                session.parameters(),
                tls == null ? null : tls.description());
        return new EstablishedSession(session, info);
    }

    private void awaitReady(Deadline deadline) {
        while (true) {
            Frame frame = session.awaitFrame(deadline, WHAT);
            switch (frame.type()) {
                case 'K' -> backendPid = BackendMessages.backendPid(frame.body());
                case 'E' -> throw session.serverError(frame.body());
                case 'Z' -> {
                    return;
                }
                default -> throw frame.unexpected("during startup");
            }
        }
    }
}
