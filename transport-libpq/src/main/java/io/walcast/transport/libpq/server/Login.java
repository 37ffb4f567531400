// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.walcast.auth.AccessDecision;
import io.walcast.auth.AccessDecision.ClientCertificate;
import io.walcast.auth.AccessRequest;
import io.walcast.auth.AccessRules;
import io.walcast.auth.AuthMethod;
import io.walcast.core.error.ErrorFields;
import io.walcast.tls.ShownCertificate;
import io.walcast.transport.CloseReason;
import io.walcast.transport.server.LoginErrors;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Has a client prove who it is, as the rules in force ask for ({@code ClientAuthentication}).
 *
 * <p>Confined to the event loop.
 */
final class Login {
    private final FrontendConnection connection;
    private final StartupPacket startup;
    private final ProtocolVersion version;
    private final @Nullable Encrypted encrypted;
    private final AccessRules rules;
    private final AccessRequest request;
    private final AccessDecision decision;

    Login(
            FrontendConnection connection,
            StartupPacket startup,
            ProtocolVersion version,
            @Nullable Encrypted encrypted) {
        this.connection = connection;
        this.startup = startup;
        this.version = version;
        this.encrypted = encrypted;
        this.rules = connection.server().service.access();
        this.request = new AccessRequest(address(), encrypted != null, startup.user(), startup.database());
        this.decision = rules.decide(request);
    }

    private InetAddress address() {
        return connection.peer().getAddress();
    }

    void begin() {
        if (decision.method() == AuthMethod.REJECT) {
            refuse(LoginErrors.rejected(request, decision));
            return;
        }
        boolean wanted =
                decision.method() == AuthMethod.CERT || decision.clientCertificate() != ClientCertificate.NOT_NEEDED;
        if (wanted && shown() == null) {
            refuse(LoginErrors.certificateMissing());
            return;
        }
        switch (decision.method()) {
            case SCRAM_SHA_256 -> ScramPhase.begin(connection, this, rules.verifier(startup.user()), encrypted);
            case TRUST, CERT, REJECT -> proven();
        }
    }

    private @Nullable ShownCertificate shown() {
        Encrypted tls = encrypted;
        return tls == null ? null : tls.shown();
    }

    /** The client has proved what its method asks for; what is left is the name in its certificate. */
    void proven() {
        boolean named =
                decision.method() == AuthMethod.CERT || decision.clientCertificate() == ClientCertificate.VERIFY_FULL;
        if (named && !certificateFits()) {
            failed();
            return;
        }
        connection.server().failedLogins.succeeded(address());
        SessionStart.begin(connection, startup, version, encrypted, decision.method());
    }

    private boolean certificateFits() {
        ShownCertificate certificate = shown();
        return certificate != null
                && rules.certificateFits(
                        decision, startup.user(), certificate.commonName(), certificate.distinguishedName());
    }

    /** The proof is wrong; the client is told after a while. */
    void failed() {
        ErrorFields fields = LoginErrors.failed(decision.method(), startup.user());
        long delayMs = connection.server().failedLogins.failed(address());
        connection.enter(DeafPhase.INSTANCE);
        connection.channel().eventLoop().schedule(() -> refuse(fields), delayMs, TimeUnit.MILLISECONDS);
    }

    private void refuse(ErrorFields fields) {
        connection.server().log.loginFailed(connection.peer(), startup.user(), fields);
        connection.leave(BackendMessages.error(fields), CloseReason.ENDED_BY_SERVER);
    }
}
