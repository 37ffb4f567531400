// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.service;

import io.walcast.auth.AccessDecision;
import io.walcast.auth.AccessDecision.ClientCertificate;
import io.walcast.auth.AccessRequest;
import io.walcast.auth.AccessRules;
import io.walcast.auth.AuthMethod;
import io.walcast.auth.ScramVerifier;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Rules without a file: everybody is believed, but for those who are rejected. Safe for use from any thread. */
public final class ScriptedAccess implements AccessRules {
    private static final int KEY_BYTES = 32;

    private final Set<String> rejected;
    private final List<AccessRequest> requests = new CopyOnWriteArrayList<>();

    private ScriptedAccess(Set<String> rejected) {
        this.rejected = Set.copyOf(rejected);
    }

    /** Returns rules that believe everybody. */
    public static ScriptedAccess trust() {
        return new ScriptedAccess(Set.of());
    }

    /** Returns rules that reject these users and believe everybody else. */
    public static ScriptedAccess rejecting(String... users) {
        return new ScriptedAccess(Set.of(users));
    }

    @Override
    public AccessDecision decide(AccessRequest request) {
        requests.add(request);
        AuthMethod method = rejected.contains(request.user()) ? AuthMethod.REJECT : AuthMethod.TRUST;
        return new AccessDecision(method, ClientCertificate.NOT_NEEDED, null, false, true);
    }

    /** Returns who has asked so far. */
    public List<AccessRequest> requests() {
        return List.copyOf(requests);
    }

    @Override
    public ScramVerifier verifier(String user) {
        return new ScramVerifier(4096, new byte[16], new byte[KEY_BYTES], new byte[KEY_BYTES], false);
    }

    @Override
    public boolean mayReplicate(String user) {
        return true;
    }

    @Override
    public boolean certificateFits(
            AccessDecision decision, String user, @Nullable String commonName, String distinguishedName) {
        return user.equals(commonName);
    }
}
