// SPDX-License-Identifier: Apache-2.0
package io.walcast.tls;

import java.io.IOException;
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
 * Trust in certificates that an authority of a file has signed.
 *
 * <p>With a file of revocation lists, each certificate of the chain needs a list of its issuer that is in force and does
 * not name it; nobody is asked over the network.
 */
public final class CertificateTrust {
    private CertificateTrust() {}

    /**
     * Returns what trusts them.
     *
     * @param authorities PEM file of the authorities; null for the platform's own
     * @param revoked PEM file of revocation lists, for named authorities only; null for none
     * @throws GeneralSecurityException if the JDK will not have them
     * @throws IOException if the JDK will not have them
     */
    public static TrustManagerFactory of(@Nullable Path authorities, @Nullable Path revoked)
            throws GeneralSecurityException, IOException {
        KeyStore roots = authorities == null ? null : storeOf(PemFile.certificates(authorities));
        if (roots == null || revoked == null) {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(roots);
            return factory;
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(new CertPathTrustManagerParameters(withRevocation(roots, PemFile.revocationLists(revoked))));
        return factory;
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
