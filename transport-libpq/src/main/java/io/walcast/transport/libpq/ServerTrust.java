// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Which certificates of servers are trusted, by libpq's conventions for files.
 *
 * <p>The certificate is checked against the root file whenever that exists, as libpq does; in the verifying modes it has
 * to exist. With a file of revocation lists, each certificate of the chain needs a list of its issuer that is in force
 * and does not name it; nobody is asked over the network.
 */
final class ServerTrust {
    private ServerTrust() {}

    static TrustManagerFactory of(TlsSettings settings) throws GeneralSecurityException, IOException {
        KeyStore roots = roots(settings);
        Path revoked = settings.revoked();
        if (roots == null && !settings.systemRoots()) {
            return InsecureTrustManagerFactory.INSTANCE;
        }
        if (revoked == null || (!settings.revokedNamed() && !Files.exists(revoked))) {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(roots);
            return factory;
        }
        if (roots == null) {
            throw new ConfigurationException("sslcrl together with sslrootcert=system is not supported");
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(new CertPathTrustManagerParameters(withRevocation(roots, PemFile.revocationLists(revoked))));
        return factory;
    }

    /** Returns the roots that are named; null for the platform's own, or for none. */
    private static @Nullable KeyStore roots(TlsSettings settings) throws GeneralSecurityException, IOException {
        if (settings.systemRoots()) {
            return null;
        }
        Path file = settings.rootCertificates();
        if (file != null && Files.exists(file)) {
            return storeOf(PemFile.certificates(file));
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

    private static KeyStore storeOf(List<X509Certificate> certificates) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (int i = 0; i < certificates.size(); i++) {
            store.setCertificateEntry("root-" + i, certificates.get(i));
        }
        return store;
    }

    private static PKIXBuilderParameters withRevocation(KeyStore roots, List<X509CRL> lists)
            throws GeneralSecurityException {
        PKIXRevocationChecker checker =
                (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
        checker.setOptions(
                EnumSet.of(PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK));
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(roots, new X509CertSelector());
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists)));
        parameters.addCertPathChecker(checker);
        return parameters;
    }
}
