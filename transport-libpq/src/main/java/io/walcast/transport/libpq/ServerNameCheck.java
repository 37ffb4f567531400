// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/**
 * Compares the names in a server's certificate with the one it was called by, by libpq's rules: alternative names of the
 * host's own kind first, the common name only if there are none; a wildcard stands for one whole left-most label.
 */
final class ServerNameCheck {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private ServerNameCheck() {}

    /** Returns why {@code certificate} is not one for {@code host}, or null if it is. */
    static @Nullable String objection(X509Certificate certificate, @Nullable String host) {
        if (host == null || host.isEmpty()) {
            return "host name must be specified for a verified SSL connection";
        }
        boolean numeric = AddressLookup.isNumeric(host);
        boolean fallBack = true;
        List<String> seen = new ArrayList<>();
        for (List<?> name : alternativeNames(certificate)) {
            int kind = (Integer) name.get(0);
            if (kind != DNS_NAME && kind != IP_ADDRESS) {
                continue;
            }
            String text = String.valueOf(name.get(1));
            fallBack &= numeric != (kind == IP_ADDRESS);
            seen.add(text);
            if (kind == DNS_NAME ? nameMatches(text, host) : numeric && sameAddress(text, host)) {
                return null;
            }
        }
        Optional<String> commonName = fallBack ? commonName(certificate) : Optional.empty();
        if (commonName.isPresent()) {
            seen.add(commonName.get());
            if (nameMatches(commonName.get(), host)) {
                return null;
            }
        }
        return mismatch(seen, host);
    }

    private static String mismatch(List<String> seen, String host) {
        if (seen.isEmpty()) {
            return "could not get server's host name from server certificate";
        }
        int others = seen.size() - 1;
        String more = others == 0 ? "" : " (and %d other name%s)".formatted(others, others == 1 ? "" : "s");
        return "server certificate for \"%s\"%s does not match host name \"%s\"".formatted(seen.get(0), more, host);
    }

    static boolean nameMatches(String pattern, String host) {
        if (pattern.indexOf('\0') >= 0) {
            return false;
        }
        String wanted = host.toLowerCase(Locale.ROOT);
        String offered = pattern.toLowerCase(Locale.ROOT);
        if (offered.equals(wanted)) {
            return true;
        }
        int firstDot = wanted.indexOf('.');
        return offered.startsWith("*.")
                && offered.length() > 2
                && firstDot > 0
                && wanted.substring(firstDot).equals(offered.substring(1));
    }

    /** Both are numeric, so nobody is asked. */
    private static boolean sameAddress(String offered, String host) {
        try {
            return InetAddress.getByName(offered).equals(InetAddress.getByName(host));
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static Collection<List<?>> alternativeNames(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null ? List.of() : names;
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    private static Optional<String> commonName(X509Certificate certificate) {
        try {
            return new LdapName(certificate.getSubjectX500Principal().getName())
                    .getRdns().stream()
                            .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
                            .map(Rdn::getValue)
                            .filter(String.class::isInstance)
                            .map(String.class::cast)
                            .findFirst();
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
    }
}
