// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import io.walcast.auth.AccessDecision;
import io.walcast.auth.AccessDecision.ClientCertificate;
import io.walcast.auth.AccessRequest;
import io.walcast.auth.AccessRules;
import io.walcast.auth.AuthMethod;
import io.walcast.auth.ScramVerifier;
import org.jspecify.annotations.Nullable;

/** Lets everybody in; the user {@code rep} may replicate, and nobody is called {@code nobody}. Immutable. */
final class FakeAccess implements AccessRules {
    @Override
    public AccessDecision decide(AccessRequest request) {
        return new AccessDecision(AuthMethod.TRUST, ClientCertificate.NOT_NEEDED, null, false, true);
    }

    @Override
    public ScramVerifier verifier(String user) {
        return new ScramVerifier(1, new byte[1], new byte[32], new byte[32], false);
    }

    @Override
    public boolean exists(String user) {
        return !user.equals("nobody");
    }

    @Override
    public boolean mayReplicate(String user) {
        return user.equals("rep");
    }

    @Override
    public boolean certificateFits(
            AccessDecision decision, String user, @Nullable String commonName, String distinguishedName) {
        return false;
    }
}
