// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.walcast.auth.AccessDecision;
import io.walcast.auth.AccessDecision.ClientCertificate;
import io.walcast.auth.AccessRequest;
import io.walcast.auth.AccessRules;
import io.walcast.auth.AuthMethod;
import io.walcast.auth.ScramVerifier;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.tls.ShownCertificate;
import io.walcast.transport.server.LoginErrors;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Whether a caller is who it says it is, as the rules in force ask for ({@code ClientAuthentication}).
 *
 * <p>Confined to the call's turns.
 */
final class Login {
    private static final String SEND_PASSWORD = "Send it as metadata, \"authorization: Bearer PASSWORD\".";

    private final ServerContext server;
    private final Turns turns;
    private final Caller caller;
    private final LoginRequest login;
    private final AccessRules rules;
    private final AccessRequest request;
    private final AccessDecision decision;
    private final Consumer<AuthMethod> whenProven;
    private final Consumer<ErrorFields> whenRefused;
    private final Consumer<Runnable> guard;

    /** Prepares it; one of the two is told, in a turn or before {@link #begin} returns. */
    Login(
            ServerContext server,
            Turns turns,
            Caller caller,
            LoginRequest login,
            Consumer<AuthMethod> whenProven,
            Consumer<ErrorFields> whenRefused,
            Consumer<Runnable> guard) {
        this.server = server;
        this.turns = turns;
        this.caller = caller;
        this.login = login;
        this.whenProven = whenProven;
        this.whenRefused = whenRefused;
        this.guard = guard;
        this.rules = server.service.access();
        this.request = new AccessRequest(address(), caller.tls() != null, login.user(), login.database());
        this.decision = rules.decide(request);
    }

    private InetAddress address() {
        return caller.address().getAddress();
    }

    void begin() {
        if (decision.method() == AuthMethod.REJECT) {
            refuse(LoginErrors.rejected(request, decision));
            return;
        }
        boolean certificateWanted =
                decision.method() == AuthMethod.CERT || decision.clientCertificate() != ClientCertificate.NOT_NEEDED;
        if (certificateWanted && caller.shown() == null) {
            refuse(LoginErrors.certificateMissing());
            return;
        }
        switch (decision.method()) {
            case SCRAM_SHA_256 -> checkPassword();
            case TRUST, CERT, REJECT -> proven();
        }
    }

    private void checkPassword() {
        String secret = login.secret();
        ErrorFields failed = LoginErrors.failed(decision.method(), login.user());
        if (secret == null) {
            refuse(new ErrorFields("FATAL", failed.sqlState(), failed.message(), null, SEND_PASSWORD));
        } else if (!caller.isPrivate()) {
            refuse(new ErrorFields(
                    "FATAL",
                    SqlState.INVALID_AUTHORIZATION,
                    "a password is not taken on a connection without encryption",
                    null,
                    null));
        } else {
            check(secret, rules.verifier(login.user()));
        }
    }

    private void check(String secret, ScramVerifier verifier) {
        Connection connection = caller.connection();
        if (connection == null) {
            return; // it has gone already
        }
        connection.check(() -> {
            boolean isBegun = server.passwords.begin(secret, verifier, isRight -> {
                passwordChecked(isRight);
                connection.checked();
            });
            if (!isBegun) {
                turns.execute(() -> refuse(LoginErrors.tooManyClients()));
                connection.checked();
            }
        });
    }

    /** A password that is wrong counts, whether the call is still there or not. */
    private void passwordChecked(boolean isRight) {
        turns.execute(isRight ? () -> guard.accept(this::proven) : this::failed);
    }

    /** The client has proved what its method asks for; what is left is the name in its certificate. */
    private void proven() {
        boolean named =
                decision.method() == AuthMethod.CERT || decision.clientCertificate() == ClientCertificate.VERIFY_FULL;
        if (named && !certificateFits()) {
            failed();
            return;
        }
        server.failedLogins.succeeded(address());
        whenProven.accept(decision.method());
    }

    private boolean certificateFits() {
        ShownCertificate certificate = caller.shown();
        return certificate != null
                && rules.certificateFits(
                        decision, login.user(), certificate.commonName(), certificate.distinguishedName());
    }

    /** The proof is wrong; the client is told after a while. */
    private void failed() {
        ErrorFields fields = LoginErrors.failed(decision.method(), login.user());
        long delayMs = server.failedLogins.failed(address());
        server.threads.schedule(() -> turns.execute(() -> refuse(fields)), TimeUnit.MILLISECONDS.toNanos(delayMs));
    }

    private void refuse(ErrorFields fields) {
        server.log.loginFailed(caller.address(), login.user(), fields);
        whenRefused.accept(fields);
    }
}
