// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ConfigurationException;
import io.walcast.transport.ConnectOptions.Policy;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether and how TLS is used.
 *
 * @param mode {@code sslmode}
 * @param direct whether it begins without asking for it ({@code sslnegotiation})
 * @param rootCertificates file of trusted roots; null if none is named and no home directory is known
 * @param systemRoots whether the machine's own trusted roots are used ({@code sslrootcert=system}): those of the file
 *     above, or the JDK's if there is none
 * @param revocations where the lists of revoked certificates are
 * @param certificate the client's own
 * @param sni whether the server is told the name it is called by
 * @param versions versions of TLS to offer
 */
record TlsSettings(
        Mode mode,
        boolean direct,
        @Nullable Path rootCertificates,
        boolean systemRoots,
        Revocations revocations,
        ClientCertificate certificate,
        boolean sni,
        List<String> versions) {
    private static final String SYSTEM = "system";

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

    static TlsSettings of(ConninfoValues values, List<HostEntry> hosts, Policy policy) {
        values.refuse(ConninfoKeyword.SSLKEYLOGFILE);
        boolean systemRoots = SYSTEM.equals(values.get(ConninfoKeyword.SSLROOTCERT));
        String elsewhere = policy == Policy.STRICT ? StrictHosts.firstElsewhere(hosts) : null;
        Mode mode = mode(values, systemRoots || elsewhere != null ? Mode.VERIFY_FULL : Mode.PREFER);
        if (elsewhere != null && mode != Mode.VERIFY_FULL) {
            throw new ConfigurationException(
                    "sslmode=%s is too weak for host \"%s\": the policy is strict (use verify-full)"
                            .formatted(mode.word(), elsewhere));
        }
        boolean direct = values.choice(ConninfoKeyword.SSLNEGOTIATION, "postgres", List.of("postgres", "direct"))
                .equals("direct");
        if (direct && mode.compareTo(Mode.REQUIRE) < 0) {
            throw new ConfigurationException(("weak sslmode \"%s\" may not be used with sslnegotiation=direct"
                            + " (use \"require\", \"verify-ca\", or \"verify-full\")")
                    .formatted(mode.word()));
        }
        if (systemRoots && mode != Mode.VERIFY_FULL) {
            throw new ConfigurationException(
                    "weak sslmode \"%s\" may not be used with sslrootcert=system (use \"verify-full\")"
                            .formatted(mode.word()));
        }
        return new TlsSettings(
                mode,
                direct,
                roots(values, systemRoots),
                systemRoots,
                Revocations.of(values, systemRoots),
                ClientCertificate.of(values),
                values.given(ConninfoKeyword.SSLSNI, "1").startsWith("1"),
                TlsVersions.of(values));
    }

    private static @Nullable Path roots(ConninfoValues values, boolean systemRoots) {
        if (systemRoots) {
            return SystemRoots.file(values.environment());
        }
        Path named = values.path(ConninfoKeyword.SSLROOTCERT);
        return named == null ? values.inHome(".postgresql", "root.crt") : named;
    }

    private static Mode mode(ConninfoValues values, Mode otherwise) {
        String word = values.given(ConninfoKeyword.SSLMODE, otherwise.word());
        for (Mode mode : Mode.values()) {
            if (mode.word().equals(word)) {
                return mode;
            }
        }
        throw new ConfigurationException("invalid sslmode value: \"%s\"".formatted(word));
    }
}
