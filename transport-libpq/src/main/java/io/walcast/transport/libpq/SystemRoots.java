// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a machine keeps the roots it trusts ({@code sslrootcert=system}). */
final class SystemRoots {
    private static final List<Path> BUNDLES = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
            Path.of("/etc/ssl/cert.pem"));

    private SystemRoots() {}

    /** Returns the file that OpenSSL would take, {@code SSL_CERT_FILE} first; null for the JDK's own roots. */
    static @Nullable Path file(Map<String, String> environment) {
        String named = environment.getOrDefault("SSL_CERT_FILE", "");
        return named.isEmpty()
                ? BUNDLES.stream().filter(Files::isReadable).findFirst().orElse(null)
                : Path.of(named);
    }
}
