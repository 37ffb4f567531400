// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.walcast.auth.AccessDecision;
import io.walcast.auth.AccessDecision.ClientCertificate;
import io.walcast.auth.AccessRequest;
import io.walcast.auth.AccessRules;
import io.walcast.auth.AuthMethod;
import io.walcast.auth.ScramVerifier;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The same decision for everybody; passwords by user; a certificate fits the user of its common name. */
final class FakeRules implements AccessRules {
    private static final int ITERATIONS = 4096;

    private final AccessDecision decision;
    private final Map<String, ScramVerifier> verifiers = new ConcurrentHashMap<>();

    private FakeRules(AccessDecision decision) {
        this.decision = decision;
    }

    static FakeRules of(AuthMethod method) {
        return of(method, ClientCertificate.NOT_NEEDED);
    }

    static FakeRules of(AuthMethod method, ClientCertificate clientCertificate) {
        return new FakeRules(new AccessDecision(method, clientCertificate, null, false, true));
    }

    /** No line fits. */
    static FakeRules none() {
        return new FakeRules(new AccessDecision(AuthMethod.REJECT, ClientCertificate.NOT_NEEDED, null, false, false));
    }

    FakeRules withPassword(String user, String password) {
        verifiers.put(user, verifier(password, true));
        return this;
    }

    private static ScramVerifier verifier(String password, boolean real) {
        byte[] salt = "sixteen bytes of".getBytes(StandardCharsets.US_ASCII);
        ScramVerifier derived = ScramVerifier.derive(password.toCharArray(), salt, ITERATIONS);
        return new ScramVerifier(ITERATIONS, salt, derived.storedKey(), derived.serverKey(), real);
    }

    @Override
    public AccessDecision decide(AccessRequest request) {
        return decision;
    }

    @Override
    public ScramVerifier verifier(String user) {
        return verifiers.computeIfAbsent(user, key -> verifier("not " + key, false));
    }

    @Override
    public boolean mayReplicate(String user) {
        return true;
    }

    @Override
    public boolean certificateFits(
            AccessDecision unused, String user, @Nullable String commonName, String distinguishedName) {
        return user.equals(commonName);
    }
}
