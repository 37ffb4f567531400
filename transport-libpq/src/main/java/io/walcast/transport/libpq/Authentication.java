// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.Retry;
import io.walcast.core.error.SqlState;
import io.walcast.transport.client.Deadline;
import io.walcast.transport.client.Secret;
import io.walcast.transport.libpq.AuthSettings.ChannelBinding;
import io.walcast.transport.libpq.AuthSettings.Method;
import io.walcast.transport.libpq.ServerSession.Frame;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers the server's authentication requests until it says AuthenticationOk (PostgreSQL manual, "Start-up").
 *
 * <p>What the settings demand is checked when the server asks, and once more when it says Ok: a server must not get away
 * with asking for less. Used by the owner to be.
 */
final class Authentication {
    private static final String WHAT = "connect";
    private static final int OK = 0;
    private static final int CLEARTEXT = 3;
    private static final int MD5 = 5;
    private static final int GSS = 7;
    private static final int SSPI = 9;
    private static final int SASL = 10;
    private static final int SALT_BYTES = 4;

    private final ServerSession session;
    private final AuthSettings settings;
    private final ClientCertificate.Mode certificateMode;
    private final ProtocolVersions protocol;
    private final String user;
    private final @Nullable TlsSession tls;
    private final Supplier<@Nullable Secret> passwords;
    private boolean exchanged;
    private @Nullable SaslExchange sasl;

    Authentication(
            ServerSession session,
            ConnectSettings settings,
            AuthSettings accepted,
            @Nullable TlsSession tls,
            Supplier<@Nullable Secret> passwords) {
        this.session = session;
        this.settings = accepted;
        this.certificateMode = settings.tls().certificate().mode();
        this.protocol = settings.protocol();
        this.user = settings.user();
        this.tls = tls;
        this.passwords = passwords;
    }

    /** Returns whether anything was asked for and answered. */
    boolean hasExchanged() {
        return exchanged;
    }

    void run(Deadline deadline) {
        while (true) {
            Frame frame = session.awaitFrame(deadline, WHAT);
            switch (frame.type()) {
                case 'R' -> {
                    if (isDone(frame.body())) {
                        return;
                    }
                }
                case 'E' -> throw session.serverError(frame.body());
                case 'v' -> protocol.negotiated(frame.body());
                default ->
                    throw new ProtocolViolationException("expected authentication request from server, but received "
                            + FrameLimits.typeName(frame.type()));
            }
        }
    }

    private boolean isDone(ByteBuffer body) {
        int request = BackendMessages.requireAtLeast(Integer.BYTES, body).getInt();
        SaslExchange exchange = sasl;
        if (exchange != null && request != OK) {
            exchange.take(request, body);
            return false;
        }
        if (exchanged && request != OK) {
            throw new ProtocolViolationException("unexpected authentication request %d".formatted(request));
        }
        requireChannelBindingPossible(request);
        switch (request) {
            case OK -> {
                requireAuthenticated();
                return true;
            }
            case CLEARTEXT -> {
                requireAllowed(Method.PASSWORD, "cleartext password");
                answer(requirePassword().reveal());
            }
            case MD5 -> {
                requireAllowed(Method.MD5, "hashed password");
                byte[] salt = new byte[SALT_BYTES];
                BackendMessages.requireAtLeast(SALT_BYTES, body).get(salt);
                answer(Md5Password.hash(requirePassword(), user, salt));
            }
            case SASL -> sasl = startSasl(body);
            case GSS -> throw unsupported("GSSAPI");
            case SSPI -> throw unsupported("SSPI");
            default ->
                throw new ProtocolViolationException("authentication method %d not supported".formatted(request));
        }
        return false;
    }

    private void answer(String password) {
        exchanged = true;
        session.wire().send(FrontendMessages.password(password));
    }

    private SaslExchange startSasl(ByteBuffer body) {
        SaslExchange exchange = new SaslExchange(session.wire(), settings, tls);
        exchange.choose(body);
        requireAllowed(Method.SCRAM_SHA_256, "SASL authentication");
        exchanged = true;
        exchange.begin(requirePassword());
        return exchange;
    }

    private void requireChannelBindingPossible(int request) {
        boolean required = settings.channelBinding() == ChannelBinding.REQUIRE;
        if (required && request != SASL && request != OK) {
            throw refused("channel binding required but not supported by server's authentication request");
        }
    }

    private void requireAuthenticated() {
        requireCertificateUsed();
        SaslExchange exchange = sasl;
        if (exchange != null && !exchange.isProven()) {
            throw refused("server skipped its SCRAM proof");
        }
        if (settings.channelBinding() == ChannelBinding.REQUIRE && (exchange == null || !exchange.isBound())) {
            throw refused("channel binding required, but server authenticated client without channel binding");
        }
        boolean byCertificate = settings.certificateCounts() && tls != null && tls.clientCertificateSent();
        if (!exchanged && !byCertificate && !settings.allowed().contains(Method.NONE)) {
            throw new ProtocolViolationException(
                    "authentication method requirement \"%s\" failed: server did not complete authentication"
                            .formatted(settings.demand()));
        }
    }

    private void requireCertificateUsed() {
        if (certificateMode != ClientCertificate.Mode.REQUIRE) {
            return;
        }
        if (tls == null || !tls.clientCertificateAsked()) {
            throw refused("server did not request an SSL certificate");
        }
        if (!tls.clientCertificateSent()) {
            throw refused("server accepted connection without a valid SSL certificate");
        }
    }

    private void requireAllowed(Method method, String asked) {
        if (!settings.allowed().contains(method)) {
            throw refused("authentication method requirement \"%s\" failed: server requested %s"
                    .formatted(settings.demand(), asked.startsWith("SASL") ? asked : "a " + asked));
        }
    }

    private Secret requirePassword() {
        Secret password = passwords.get();
        if (password == null) {
            throw refused("fe_sendauth: no password supplied");
        }
        return password;
    }

    private static ConnectionException unsupported(String method) {
        return refused("%s authentication is not supported".formatted(method));
    }

    static ConnectionException refused(String message) {
        return new ConnectionException(SqlState.INVALID_AUTHORIZATION, Retry.SLOW, message, null);
    }
}
