// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What the first line of {@code pg_hba.conf} that fits asks for.
 *
 * @param method how the peer must prove itself; {@link AuthMethod#REJECT} also if no line fits
 * @param clientCertificate what else is asked of its certificate
 * @param map name of the map for certificates, null if the certificate must name the user itself
 * @param wholeDn whether the map is given the certificate's whole subject ({@code clientname=DN}) and not its common name
 * @param explicit false if no line fits, which PostgreSQL words differently from a {@code reject} line
 */
public record AccessDecision(
        AuthMethod method,
        ClientCertificate clientCertificate,
        @Nullable String map,
        boolean wholeDn,
        boolean explicit) {
    public AccessDecision {
        requireNonNull(method, "method");
        requireNonNull(clientCertificate, "clientCertificate");
    }

    /** The option {@code clientcert}. */
    public enum ClientCertificate {
        /** None is asked for. */
        NOT_NEEDED,
        /** {@code verify-ca}: one from a known authority. */
        VERIFY_CA,
        /** {@code verify-full}: one that also names the user; what {@link AuthMethod#CERT} always means. */
        VERIFY_FULL
    }
}
