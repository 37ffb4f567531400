// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import io.walcast.tls.CertificateTrust;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Which certificates of servers are trusted, by libpq's conventions for files.
 *
 * <p>The certificate is checked against the root file whenever that exists, as libpq does; in the verifying modes it has
 * to exist.
 */
final class ServerTrust {
    private ServerTrust() {}

    static TrustManagerFactory of(TlsSettings settings) throws GeneralSecurityException {
        Path roots = roots(settings);
        Path revoked = revoked(settings);
        if (roots == null && !settings.systemRoots()) {
            return InsecureTrustManagerFactory.INSTANCE;
        }
        if (roots == null && revoked != null) {
            throw new ConfigurationException("sslcrl together with sslrootcert=system is not supported");
        }
        return CertificateTrust.of(roots, revoked);
    }

    /** Returns the file of the roots that are named; null for the platform's own, or for none. */
    private static @Nullable Path roots(TlsSettings settings) {
        if (settings.systemRoots()) {
            return null;
        }
        Path file = settings.rootCertificates();
        if (file != null && Files.exists(file)) {
            return file;
        }
        if (settings.mode().compareTo(TlsSettings.Mode.VERIFY_CA) < 0) {
            return null;
        }
        throw new ConfigurationException(
                SqlState.UNDEFINED_FILE,
                file == null
                        ? "could not get home directory to locate root certificate file"
                        : "root certificate file \"%s\" does not exist".formatted(file));
    }

    private static @Nullable Path revoked(TlsSettings settings) {
        Path file = settings.revoked();
        return file == null || (!settings.revokedNamed() && !Files.exists(file)) ? null : file;
    }
}
