// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.WalException;
import io.walcast.ipc.Cancellation;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.client.Deadline;
import java.util.List;

/**
 * One try with one address and one encryption: socket, TLS, authentication, first settings. Used by the owner to be.
 */
final class ConnectAttempt {
    /** Some tens of messages of a server at full speed. */
    private static final int DEFAULT_WINDOW_BYTES = 4 << 20;

    private final ConnectOptions options;
    private final ConnectSettings settings;
    private final WireOpener opener;
    private final TlsNegotiation tls;
    private final Passwords passwords;
    private boolean reached;
    private boolean inTls;
    private boolean exchanged;
    private boolean plainInstead;

    ConnectAttempt(ConnectOptions options, ConnectSettings settings, LoopThread loop) {
        this.options = options;
        this.settings = settings;
        this.opener = new WireOpener(
                loop,
                settings.socket(),
                options.latch(),
                options.cancellation(),
                options.windowBytesOr(DEFAULT_WINDOW_BYTES));
        this.tls = new TlsNegotiation(settings.tls());
        this.passwords = new Passwords(settings, options.passwordPrompt());
    }

    /** Tries the first of {@code encryptions}; with TLS refused by the server, the second in its place if it is plain. */
    EstablishedSession run(HostAddress address, List<Encryption> encryptions, Deadline deadline) {
        reached = false;
        inTls = false;
        exchanged = false;
        plainInstead = false;
        Wire wire = opener.open(address, deadline);
        reached = true;
        checkPeer(wire, address);
        FrameReader frames = new FrameReader(wire, Connector.limits(options));
        boolean done = false;
        Cancellation.Registration registration = options.cancellation().onRequest(wire::wake);
        try {
            ServerSession fresh = new ServerSession(wire, frames, options.noticeListener());
            EstablishedSession session = establish(fresh, address, encryptions, deadline);
            done = true;
            return session;
        } finally {
            registration.close();
            if (!done) {
                wire.close(null);
                frames.release();
            }
        }
    }

    private void checkPeer(Wire wire, HostAddress address) {
        String wanted = settings.auth().peer();
        if (wanted == null || address.ip() != null) {
            return;
        }
        String objection = PeerOwner.objection(wire.channel(), wanted);
        if (objection != null) {
            wire.close(null);
            throw Authentication.refused(objection);
        }
    }

    private EstablishedSession establish(
            ServerSession session, HostAddress address, List<Encryption> encryptions, Deadline deadline) {
        TlsSession tlsSession = null;
        if (encryptions.get(0) == Encryption.TLS) {
            inTls = true;
            boolean plainWillDo = encryptions.contains(Encryption.PLAIN);
            tlsSession = tls.negotiate(session.wire(), address.entry(), plainWillDo, deadline);
            inTls = false;
            plainInstead = tlsSession == null;
        }
        session.wire().readOn();
        session.wire().send(FrontendMessages.startup(settings.protocol().highest(), settings.startupParameters()));
        Authentication authentication = new Authentication(
                session,
                settings,
                settings.auth().at(address.entry()),
                tlsSession,
                () -> passwords.passwordFor(address.entry()));
        try {
            return new Startup(session, authentication, options.mode()).run(address, tlsSession, deadline);
        } catch (ServerErrorException e) {
            throw passwords.explain(e);
        } finally {
            exchanged = authentication.hasExchanged();
        }
    }

    /** Returns whether the server was reached at all. */
    boolean isReached() {
        return reached;
    }

    /**
     * Returns whether another encryption may be tried after {@code e}: when TLS could not be set up, or when the server
     * refused before it asked for anything, because its rules may tell the two apart.
     */
    boolean mayRetryOtherwise(WalException e) {
        boolean tlsFailed = inTls && e instanceof ConnectionException;
        boolean refusedAtOnce = !exchanged && !plainInstead && e instanceof ServerErrorException;
        return reached && (tlsFailed || refusedAtOnce);
    }
}
