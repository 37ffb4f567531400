// SPDX-License-Identifier: Apache-2.0
package io.walcast.tls;

import java.security.cert.X509Certificate;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The names in the certificate that a client has shown. Immutable.
 *
 * @param commonName the first CN of its subject, null if there is none
 * @param distinguishedName its whole subject (RFC 2253)
 */
public record ShownCertificate(@Nullable String commonName, String distinguishedName) {

    /** Returns the one of that session, or null if the client showed none. */
    public static @Nullable ShownCertificate of(SSLSession session) {
        try {
            return of((X509Certificate) session.getPeerCertificates()[0]);
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }

    private static ShownCertificate of(X509Certificate certificate) {
        String subject = certificate.getSubjectX500Principal().getName();
        return new ShownCertificate(commonName(subject), subject);
    }

    /** A name with a zero byte in it could be cut by somebody else, so it is none. */
    private static @Nullable String commonName(String subject) {
        try {
            for (Rdn part : new LdapName(subject).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")
                        && part.getValue() instanceof String name
                        && name.indexOf('\0') < 0) {
                    return name;
                }
            }
        } catch (InvalidNameException e) {
            return null;
        }
        return null;
    }
}
