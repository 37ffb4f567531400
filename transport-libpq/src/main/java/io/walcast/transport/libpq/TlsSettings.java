// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ConfigurationException;
import io.walcast.transport.ConnectOptions.Policy;
import io.walcast.transport.client.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether and how TLS is used.
 *
 * @param mode {@code sslmode}
 * @param rootCertificates file of trusted roots; null if none is named and no home directory is known
 * @param systemRoots whether the platform's own trusted roots are used ({@code sslrootcert=system})
 * @param revoked file of revocation lists, or null
 * @param revokedNamed whether that file was named, so that it has to exist
 * @param certificate the client's certificate file, or null
 * @param certificateNamed whether that file was named, so that it has to exist
 * @param key its private key's file, or null
 * @param keyPassphrase opens the key, or null
 * @param certificateMode {@code sslcertmode}
 * @param sni whether the server is told the name it is called by
 * @param versions versions of TLS to offer
 */
record TlsSettings(
        Mode mode,
        @Nullable Path rootCertificates,
        boolean systemRoots,
        @Nullable Path revoked,
        boolean revokedNamed,
        @Nullable Path certificate,
        boolean certificateNamed,
        @Nullable Path key,
        @Nullable Secret keyPassphrase,
        CertificateMode certificateMode,
        boolean sni,
        List<String> versions) {

    /** Values of {@code sslmode}, the stricter the later. */
    enum Mode {
        DISABLE,
        ALLOW,
        PREFER,
        REQUIRE,
        VERIFY_CA,
        VERIFY_FULL;

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Values of {@code sslcertmode}. */
    enum CertificateMode {
        DISABLE,
        ALLOW,
        REQUIRE
    }

    static TlsSettings of(ConninfoValues values, Policy policy) {
        values.refuseUnless(ConninfoKeyword.SSLNEGOTIATION, List.of("postgres"));
        values.refuse(ConninfoKeyword.SSLCRLDIR);
        values.refuse(ConninfoKeyword.SSLKEYLOGFILE);
        boolean systemRoots = "system".equals(values.get(ConninfoKeyword.SSLROOTCERT));
        Mode mode = mode(values, systemRoots || policy == Policy.STRICT ? Mode.VERIFY_FULL : Mode.PREFER);
        if (systemRoots && mode != Mode.VERIFY_FULL) {
            throw new ConfigurationException(
                    "weak sslmode \"%s\" may not be used with sslrootcert=system (use \"verify-full\")"
                            .formatted(mode.word()));
        }
        Path root = values.path(ConninfoKeyword.SSLROOTCERT);
        Path revoked = values.path(ConninfoKeyword.SSLCRL);
        Path certificate = values.path(ConninfoKeyword.SSLCERT);
        Path key = values.path(ConninfoKeyword.SSLKEY);
        String passphrase = values.get(ConninfoKeyword.SSLPASSWORD);
        String certificateMode =
                values.choice(ConninfoKeyword.SSLCERTMODE, "allow", List.of("disable", "allow", "require"));
        return new TlsSettings(
                mode,
                root == null && !systemRoots ? values.inHome(".postgresql", "root.crt") : root,
                systemRoots,
                revoked == null && !systemRoots ? values.inHome(".postgresql", "root.crl") : revoked,
                revoked != null,
                certificate == null ? values.inHome(".postgresql", "postgresql.crt") : certificate,
                certificate != null,
                key == null ? values.inHome(".postgresql", "postgresql.key") : key,
                passphrase == null ? null : new Secret(passphrase),
                CertificateMode.valueOf(certificateMode.toUpperCase(Locale.ROOT)),
                values.choice(ConninfoKeyword.SSLSNI, "1", List.of("0", "1")).equals("1"),
                TlsVersions.of(values));
    }

    private static Mode mode(ConninfoValues values, Mode otherwise) {
        String word = values.get(ConninfoKeyword.SSLMODE, otherwise.word());
        for (Mode mode : Mode.values()) {
            if (mode.word().equals(word)) {
                return mode;
            }
        }
        throw new ConfigurationException("invalid sslmode value: \"%s\"".formatted(word));
    }
}
