// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.walcast.core.error.ConfigurationException;
import io.walcast.transport.client.Secret;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How TLS is used.
 *
 * @param mode {@code sslmode}
 * @param rootCertificates file of trusted roots; null for the platform's own
 * @param revoked file of revocation lists, or null
 * @param certificate the client's certificate file, or null
 * @param key its private key's file, or null
 * @param keyPassphrase opens the key, or null
 */
record TlsSettings(
        Mode mode,
        @Nullable Path rootCertificates,
        @Nullable Path revoked,
        @Nullable Path certificate,
        @Nullable Path key,
        @Nullable Secret keyPassphrase) {
    private static final String SYSTEM = "system";

    /** Values of {@code sslmode}, the stricter the later. */
    enum Mode {
        /** Encrypted; whom with is checked only if trusted roots are named, as libpq does. */
        REQUIRE,
        /** With somebody whose certificate a trusted root has signed. */
        VERIFY_CA,
        /** And whose name is in it. */
        VERIFY_FULL;

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    static TlsSettings of(ParameterValues values) {
        Mode mode = mode(values);
        boolean systemRoots = SYSTEM.equals(values.get(GrpcParameter.SSLROOTCERT));
        if (systemRoots && mode != Mode.VERIFY_FULL) {
            throw new ConfigurationException(
                    "weak sslmode \"%s\" may not be used with sslrootcert=system (use \"verify-full\")"
                            .formatted(mode.word()));
        }
        Path roots = systemRoots ? null : values.path(GrpcParameter.SSLROOTCERT);
        Path revoked = values.path(GrpcParameter.SSLCRL);
        if (roots == null && revoked != null) {
            throw new ConfigurationException("sslcrl needs sslrootcert, and one that names a file");
        }
        Path certificate = values.path(GrpcParameter.SSLCERT);
        Path key = values.path(GrpcParameter.SSLKEY);
        if ((certificate == null) != (key == null)) {
            throw new ConfigurationException(
                    "sslcert and sslkey must be given together (%s is)".formatted(key == null ? "sslcert" : "sslkey"));
        }
        String passphrase = values.get(GrpcParameter.SSLPASSWORD);
        return new TlsSettings(
                mode, roots, revoked, certificate, key, passphrase == null ? null : new Secret(passphrase));
    }

    private static Mode mode(ParameterValues values) {
        String word = values.get(GrpcParameter.SSLMODE, Mode.VERIFY_FULL.word());
        for (Mode mode : Mode.values()) {
            if (mode.word().equals(word)) {
                return mode;
            }
        }
        throw new ConfigurationException(
                "invalid sslmode value: \"%s\" (expected: require, verify-ca or verify-full)".formatted(word));
    }

    /** Returns whether certificates are checked at all. */
    boolean checksCertificates() {
        return mode != Mode.REQUIRE || rootCertificates != null;
    }
}
