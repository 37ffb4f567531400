// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One set of rules, for all transports. Immutable: a reload makes another one. Safe for use from any thread. */
public interface AccessRules {

    /** Returns what the first line that fits asks for; a refusal if none does. */
    AccessDecision decide(AccessRequest request);

    /**
     * Returns the verifier of {@code user}; for a user who is unknown or has none a made-up one that no password fits and
     * that is the same at every call, so that a stranger cannot tell.
     */
    ScramVerifier verifier(String user);

    /** Returns whether there is such a user, whatever it may do; for one who came in by trust or certificate. */
    default boolean exists(String user) {
        return mayReplicate(user);
    }

    /** Returns whether {@code user} is known and may replicate ({@code rolreplication}). */
    boolean mayReplicate(String user);

    /** Returns whether a certificate with that subject may be {@code user}, by the map or, without one, by its name. */
    boolean certificateFits(
            AccessDecision decision, String user, @Nullable String commonName, String distinguishedName);

    /**
     * Returns the users that a map names for a certificate with that subject, in the order of the file; for one that does not
     * say who it wants to be. Whether it may be is for {@link #certificateFits} to say.
     */
    default List<String> usersMapped(@Nullable String commonName, String distinguishedName) {
        return List.of();
    }
}
