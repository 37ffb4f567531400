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
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.TrustManagerFactorySpi;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trust in certificates that an authority of a file has signed.
 *
 * <p>An authority that has expired is none. With a file of revocation lists, each certificate of the chain needs a list of its issuer that is in force and does
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
     */
    public static TrustManagerFactory of(@Nullable Path authorities, @Nullable Path revoked)
            throws GeneralSecurityException {
        if (authorities == null) {
            return jdkTrust(null);
        }
        return listed(authorities, revoked == null ? null : PemFile.revocationLists(revoked));
    }

    /**
     * Returns what trusts them, with lists that were read already.
     *
     * @param authorities PEM file of the authorities; null for the platform's own
     * @param lists the revocation lists; none at all refuse every certificate; null for no look at any
     * @throws GeneralSecurityException if the JDK will not have them
     */
    public static TrustManagerFactory listed(@Nullable Path authorities, @Nullable List<X509CRL> lists)
            throws GeneralSecurityException {
        if (authorities == null && lists == null) {
            return jdkTrust(null);
        }
        List<X509Certificate> certificates = authorities == null ? ofPlatform() : PemFile.certificates(authorities);
        return new OneTrust(new RootsInForce(certificates, roots -> trust(roots, lists)));
    }

    private static List<X509Certificate> ofPlatform() throws GeneralSecurityException {
        return List.of(extended(jdkTrust(null)).getAcceptedIssuers());
    }

    private static X509ExtendedTrustManager trust(List<X509Certificate> roots, @Nullable List<X509CRL> lists)
            throws GeneralSecurityException {
        KeyStore store = storeOf(roots);
        TrustManagerFactory factory;
        if (lists == null) {
            factory = jdkTrust(store);
        } else {
            factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(new CertPathTrustManagerParameters(withRevocation(store, lists)));
        }
        return extended(factory);
    }

    private static X509ExtendedTrustManager extended(TrustManagerFactory factory) throws GeneralSecurityException {
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager trust) {
                return trust;
            }
        }
        throw new GeneralSecurityException("no trust manager for X.509");
    }

    private static TrustManagerFactory jdkTrust(@Nullable KeyStore roots) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(roots);
        return factory;
    }

    private static KeyStore storeOf(List<X509Certificate> certificates) throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
        } catch (IOException e) { // it reads nothing
            throw new GeneralSecurityException(e);
        }
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

    /** A factory that hands out what it was given. */
    private static final class OneTrust extends TrustManagerFactory {
        OneTrust(TrustManager trust) {
            super(new Spi(trust), null, "walcast");
        }

        private static final class Spi extends TrustManagerFactorySpi {
            private final TrustManager trust;

            Spi(TrustManager trust) {
                this.trust = trust;
            }

            @Override
            protected void engineInit(@Nullable KeyStore store) {}

            @Override
            protected void engineInit(ManagerFactoryParameters parameters) {}

            @Override
            protected TrustManager[] engineGetTrustManagers() {
                return new TrustManager[] {trust};
            }
        }
    }
}
