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
    private static final String WHAT_TO_DO = "\nEither provide the file, use the system's trusted roots with"
            + " sslrootcert=system, or change sslmode to disable server certificate verification.";

    private ServerTrust() {}

    static TrustManagerFactory of(TlsSettings settings) throws GeneralSecurityException {
        Path roots = settings.systemRoots() ? settings.rootCertificates() : roots(settings);
        if (roots == null && !settings.systemRoots()) {
            return InsecureTrustManagerFactory.INSTANCE;
        }
        return CertificateTrust.listed(roots, settings.revocations().lists());
    }

    /** Returns the file of the roots, or null if there is none and none is needed. */
    private static @Nullable Path roots(TlsSettings settings) {
        Path file = settings.rootCertificates();
        if (file != null && Files.exists(file)) {
            return file;
        }
        if (settings.mode().compareTo(TlsSettings.Mode.VERIFY_CA) < 0) {
            return null;
        }
        String missing = file == null
                ? "could not get home directory to locate root certificate file"
                : "root certificate file \"%s\" does not exist".formatted(file);
        throw new ConfigurationException(SqlState.UNDEFINED_FILE, missing + WHAT_TO_DO);
    }
}
