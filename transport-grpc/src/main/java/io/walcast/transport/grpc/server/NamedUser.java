// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.walcast.auth.AccessDecision;
import io.walcast.auth.AccessDecision.ClientCertificate;
import io.walcast.auth.AccessRequest;
import io.walcast.auth.AccessRules;
import io.walcast.auth.AuthMethod;
import io.walcast.tls.ShownCertificate;
import io.walcast.transport.ConnectOptions.Mode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whom a client means that does not say: the user that its certificate names, by itself or by a map. Stateless. */
final class NamedUser {
    private NamedUser() {}

    /** Returns the first one who may come in with that certificate, else the certificate's own name; empty if it has none. */
    static String of(Caller caller, AccessRules rules, Mode mode, String database) {
        ShownCertificate shown = caller.shown();
        if (shown == null) {
            return "";
        }
        String commonName = shown.commonName();
        List<String> candidates = new ArrayList<>();
        if (commonName != null) {
            candidates.add(commonName);
        }
        candidates.addAll(rules.usersMapped(commonName, shown.distinguishedName()));
        for (String candidate : candidates) {
            @Nullable String asked = mode == Mode.PHYSICAL ? null : database.isEmpty() ? candidate : database;
            AccessDecision decision = rules.decide(
                    new AccessRequest(caller.address().getAddress(), caller.tls() != null, candidate, asked));
            boolean asksForName = decision.method() == AuthMethod.CERT
                    || decision.clientCertificate() == ClientCertificate.VERIFY_FULL;
            if (asksForName && rules.certificateFits(decision, candidate, commonName, shown.distinguishedName())) {
                return candidate;
            }
        }
        return commonName == null ? "" : commonName;
    }
}
