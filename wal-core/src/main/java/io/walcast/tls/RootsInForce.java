// SPDX-License-Identifier: Apache-2.0
package io.walcast.tls;

import static java.util.Objects.requireNonNull;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trust in roots as OpenSSL has it: a root that has expired, or is not valid yet, counts for nothing, nor does a certificate that
 * is itself among the roots. The JDK looks at the dates of neither.
 *
 * <p>Threading: any thread.
 */
final class RootsInForce extends X509ExtendedTrustManager {
    /** Makes the JDK's trust in some of the roots. */
    interface Source {
        X509ExtendedTrustManager trustIn(List<X509Certificate> roots) throws GeneralSecurityException;
    }

    private record Current(List<X509Certificate> roots, X509ExtendedTrustManager trust) {}

    private final List<X509Certificate> roots;
    private final Source source;

    // Replaced by whoever finds it out of date; all see one that was right a moment ago.
    private volatile Current current;

    RootsInForce(List<X509Certificate> roots, Source source) throws GeneralSecurityException {
        this.roots = List.copyOf(roots);
        this.source = requireNonNull(source, "source");
        current = new Current(this.roots, source.trustIn(this.roots));
    }

    private X509ExtendedTrustManager trustFor(X509Certificate[] chain) throws CertificateException {
        if (chain.length > 0) {
            chain[0].checkValidity();
        }
        List<X509Certificate> inForce =
                roots.stream().filter(RootsInForce::isInForce).toList();
        if (inForce.isEmpty()) {
            throw new CertificateExpiredException("no root certificate is in force");
        }
        Current found = current;
        if (!found.roots().equals(inForce)) {
            try {
                found = new Current(inForce, source.trustIn(inForce));
            } catch (GeneralSecurityException e) {
                throw new CertificateException(e);
            }
            current = found;
        }
        return found.trust();
    }

    private static boolean isInForce(X509Certificate root) {
        try {
            root.checkValidity();
            return true;
        } catch (CertificateException e) {
            return false;
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        trustFor(chain).checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        trustFor(chain).checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        trustFor(chain).checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        trustFor(chain).checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        trustFor(chain).checkServerTrusted(chain, authType, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        trustFor(chain).checkServerTrusted(chain, authType, engine);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return roots.toArray(new X509Certificate[0]);
    }
}
