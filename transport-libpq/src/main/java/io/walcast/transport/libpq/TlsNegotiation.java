// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.netty.buffer.ByteBuf;
import io.netty.handler.ssl.SslHandler;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.Retry;
import io.walcast.core.error.SqlState;
import io.walcast.transport.client.Deadline;
import java.nio.channels.ClosedChannelException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Asks the server for TLS, or begins with it at once where that is wanted, and shakes hands.
 *
 * <p>Nothing a server says before the handshake is believed or shown: the answer is one byte, and whatever comes with it
 * ends the attempt (CVE-2021-23222, CVE-2024-10977). Used by the owner to be.
 */
final class TlsNegotiation {
    private static final String WHAT = "connect";

    private final TlsSettings settings;
    private @Nullable TlsContext context;

    TlsNegotiation(TlsSettings settings) {
        this.settings = settings;
    }

    /** Returns the session, or null if the server has no TLS and {@code plainWillDo}. */
    @Nullable
    TlsSession negotiate(Wire wire, HostEntry host, boolean plainWillDo, Deadline deadline) {
        if (settings.direct()) {
            return shakeHands(wire, host, deadline);
        }
        wire.send(FrontendMessages.sslRequest());
        wire.readOnce();
        byte answer = awaitAnswer(wire, deadline);
        return switch (answer) {
            case 'S' -> shakeHands(wire, host, deadline);
            case 'N' -> {
                if (!plainWillDo) {
                    throw untrusted("server does not support SSL, but SSL was required", null);
                }
                yield null;
            }
            case 'E' -> throw new ProtocolViolationException("server sent an error response during SSL exchange");
            default ->
                throw new ProtocolViolationException(
                        "received invalid response to SSL negotiation: " + FrameLimits.typeName(answer));
        };
    }

    private static byte awaitAnswer(Wire wire, Deadline deadline) {
        while (true) {
            wire.resetArrival();
            ByteBuf buffer = wire.poll();
            if (buffer != null) {
                return onlyByte(wire, buffer);
            }
            if (wire.isDry()) {
                throw wire.lost();
            }
            wire.await(deadline, WHAT);
        }
    }

    private static byte onlyByte(Wire wire, ByteBuf buffer) {
        try {
            byte answer = buffer.readByte();
            if (buffer.isReadable() && answer != 'E') {
                throw new ProtocolViolationException("received unencrypted data after SSL response");
            }
            return answer;
        } finally {
            int capacity = buffer.capacity();
            buffer.release();
            wire.consumed(capacity);
        }
    }

    private TlsSession shakeHands(Wire wire, HostEntry host, Deadline deadline) {
        SslHandler tls = context().newHandler(wire.channel().alloc(), settings.sni() ? host.host() : null);
        wire.startTls(tls);
        while (!tls.handshakeFuture().isDone()) {
            wire.resetArrival();
            boolean ended = wire.isDry();
            if (tls.handshakeFuture().isDone()) {
                break;
            }
            if (ended) {
                throw wire.lost();
            }
            wire.await(deadline, WHAT);
        }
        Throwable failure = tls.handshakeFuture().cause();
        if (failure != null) {
            throw handshakeFailed(NetworkErrors.unwrap(failure));
        }
        checkApplicationProtocol(tls.engine().getApplicationProtocol());
        return finished(tls.engine().getSession(), host);
    }

    /** Who begins with TLS has to be sure that the other end means the same; where it was asked for, old servers say nothing. */
    private void checkApplicationProtocol(@Nullable String chosen) {
        boolean none = chosen == null || chosen.isEmpty();
        if (none && settings.direct()) {
            throw untrusted("direct SSL connection was established without ALPN protocol negotiation extension", null);
        }
        if (!none && !TlsContext.APPLICATION_PROTOCOL.equals(chosen)) {
            throw untrusted("SSL connection was established with unexpected ALPN protocol", null);
        }
    }

    private static ConnectionException handshakeFailed(Throwable failure) {
        if (!(failure instanceof SSLException) || failure.getCause() instanceof ClosedChannelException) {
            return new ConnectionException("SSL error: server closed the connection during the handshake", failure);
        }
        return untrusted("SSL error: " + NetworkErrors.text(failure), failure);
    }

    /** Made only for a server that wants TLS, as libpq does: it takes a tenth of a second. */
    private TlsContext context() {
        TlsContext made = context;
        if (made == null) {
            made = TlsContext.of(settings);
            context = made;
        }
        return made;
    }

    private TlsSession finished(SSLSession session, HostEntry host) {
        X509Certificate certificate;
        try {
            certificate = (X509Certificate) session.getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException e) {
            throw untrusted("certificate could not be obtained", e);
        }
        if (settings.mode() == TlsSettings.Mode.VERIFY_FULL) {
            String objection = ServerNameCheck.objection(certificate, host.host());
            if (objection != null) {
                throw untrusted(objection, null);
            }
        }
        boolean sent = session.getLocalCertificates() != null;
        return new TlsSession(
                session.getProtocol() + ", " + session.getCipherSuite(),
                certificate,
                context().isCertificateAsked(),
                sent);
    }

    private static ConnectionException untrusted(String message, @Nullable Throwable cause) {
        return new ConnectionException(SqlState.CANNOT_CONNECT, Retry.SLOW, message, cause);
    }
}
