// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import io.walcast.auth.AccessDecision.ClientCertificate;
import io.walcast.core.error.ConfigurationException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Makes a rule of a line of {@code pg_hba.conf} ({@code parse_hba_line}), with PostgreSQL's complaints.
 *
 * <p>Threading: one thread; used once.
 */
final class HbaLineParser {
    private static final Set<String> OTHER_METHODS =
            Set.of("password", "ident", "peer", "gss", "sspi", "pam", "bsd", "ldap", "radius", "oauth");
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,3}");

    /** With a zone, or less than four numbers, or octal ones: what the C library reads besides. */
    private static final Pattern ODD_ADDRESS = Pattern.compile("[0-9.]+/.*|[^%]*:[^%]*%.*");

    private static final String SEVERAL_ADDRESSES = "multiple values specified for host address";

    private final AuthLine line;
    private int field;

    private HbaLineParser(AuthLine line) {
        this.line = line;
    }

    /**
     * Returns the rule.
     *
     * @throws ConfigurationException with file and line if it is none, or asks for what is not supported
     */
    static HbaLine parse(AuthLine line) {
        return new HbaLineParser(line).parse();
    }

    private HbaLine parse() {
        HbaLine.Type type = type();
        List<AuthToken> databases = databases();
        List<AuthToken> users = users();
        HbaAddress address = type == HbaLine.Type.LOCAL ? HbaAddress.ALL : address();
        AuthMethod method = method();
        if (method == AuthMethod.CERT && type != HbaLine.Type.HOSTSSL) {
            throw line.error("cert authentication is only supported on hostssl connections");
        }
        return new HbaLine(line.number(), type, databases, users, address, options(type, method));
    }

    private HbaLine.Type type() {
        AuthToken word = line.single(field, "empty line", "multiple values specified for connection type");
        field++;
        return switch (word.text()) {
            case "local" -> HbaLine.Type.LOCAL;
            case "host", "hostnogssenc" -> HbaLine.Type.HOST;
            case "hostssl" -> HbaLine.Type.HOSTSSL;
            case "hostnossl" -> HbaLine.Type.HOSTNOSSL;
            case "hostgssenc" -> HbaLine.Type.HOSTGSSENC;
            default -> throw line.error("invalid connection type \"" + word.text() + "\"");
        };
    }

    private List<AuthToken> databases() {
        List<AuthToken> databases = line.field(field, "end-of-line before database specification");
        field++;
        for (AuthToken word : databases) {
            if (word.isKeyword("samerole") || word.isKeyword("samegroup")) {
                throw line.unsupported("\"" + word.text() + "\" is");
            }
            requireNoExpression(word);
        }
        return databases;
    }

    private List<AuthToken> users() {
        List<AuthToken> users = line.field(field, "end-of-line before role specification");
        field++;
        for (AuthToken word : users) {
            if (!word.quoted() && word.text().startsWith("+")) {
                throw line.unsupported("membership of a role (\"" + word.text() + "\") is");
            }
            requireNoExpression(word);
        }
        return users;
    }

    /** From PostgreSQL 16 on a slash begins a regular expression, behind a quote too. */
    private void requireNoExpression(AuthToken word) {
        if (word.text().startsWith("/")) {
            throw line.unsupported("a regular expression (\"" + word.text() + "\") is");
        }
    }

    private HbaAddress address() {
        AuthToken word = line.single(field, "end-of-line before IP address specification", SEVERAL_ADDRESSES);
        field++;
        if (word.isKeyword("all")) {
            return HbaAddress.ALL;
        }
        if (word.isKeyword("samehost")) {
            return HbaAddress.SAME_HOST;
        }
        if (word.isKeyword("samenet")) {
            return HbaAddress.SAME_NET;
        }
        String text = word.text();
        int slash = text.indexOf('/');
        byte[] address = HbaAddress.numeric(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            if (slash >= 0 && ODD_ADDRESS.matcher(text).matches()) {
                throw line.unsupported("this form of address (\"" + text + "\") is");
            }
            throw slash < 0
                    ? line.unsupported("a host name (\"" + text + "\") is")
                    : line.error("specifying both host name and CIDR mask is invalid: \"" + text + "\"");
        }
        return HbaAddress.range(address, slash < 0 ? netmask(address.length) : cidrMask(text, slash, address.length));
    }

    private byte[] cidrMask(String text, int slash, int length) {
        String digits = text.substring(slash + 1);
        int bits = DIGITS.matcher(digits).matches() ? Integer.parseInt(digits) : Integer.MAX_VALUE;
        if (bits > length * 8) {
            throw line.error("invalid CIDR mask in address \"" + text + "\"");
        }
        return HbaAddress.mask(length, bits);
    }

    private byte[] netmask(int length) {
        AuthToken word =
                line.single(field, "end-of-line before netmask specification", "multiple values specified for netmask");
        field++;
        byte[] mask = HbaAddress.numeric(word.text());
        if (mask == null) {
            throw line.error("invalid IP mask \"" + word.text() + "\"");
        }
        if (mask.length != length) {
            throw line.error("IP address and mask do not match");
        }
        return mask;
    }

    private AuthMethod method() {
        AuthToken word = line.single(
                field, "end-of-line before authentication method", "multiple values specified for authentication type");
        field++;
        if (OTHER_METHODS.contains(word.text())) {
            throw line.unsupported("authentication method \"" + word.text() + "\" is");
        }
        return switch (word.text()) {
            case "trust" -> AuthMethod.TRUST;
            case "reject" -> AuthMethod.REJECT;
            case "scram-sha-256", "md5" -> AuthMethod.SCRAM_SHA_256;
            case "cert" -> AuthMethod.CERT;
            default -> throw line.error("invalid authentication method \"" + word.text() + "\"");
        };
    }

    private AccessDecision options(HbaLine.Type type, AuthMethod method) {
        boolean certificate = method == AuthMethod.CERT;
        AccessDecision decision = new AccessDecision(
                method, certificate ? ClientCertificate.VERIFY_FULL : ClientCertificate.NOT_NEEDED, null, false, true);
        for (; field < line.fields().size(); field++) {
            for (AuthToken word : line.fields().get(field)) {
                decision = option(word.text(), type, decision);
            }
        }
        return decision;
    }

    private AccessDecision option(String option, HbaLine.Type type, AccessDecision decision) {
        int equals = option.indexOf('=');
        if (equals < 0) {
            throw line.error("authentication option not in name=value format: " + option);
        }
        String name = option.substring(0, equals);
        String value = option.substring(equals + 1);
        boolean forCertificates = name.equals("clientcert") || name.equals("clientname");
        if (forCertificates && type != HbaLine.Type.HOSTSSL) {
            throw line.error(name + " can only be configured for \"hostssl\" rows");
        }
        boolean wholeDn = decision.wholeDn();
        ClientCertificate certificate = decision.clientCertificate();
        String map = decision.map();
        switch (name) {
            case "map" -> {
                if (decision.method() != AuthMethod.CERT) {
                    throw line.error("authentication option \"map\" is only valid for authentication method cert");
                }
                map = value;
            }
            case "clientcert" -> certificate = clientCertificate(value, decision.method());
            case "clientname" -> wholeDn = isWholeDn(value);
            default -> throw line.error("unrecognized authentication option name: \"" + name + "\"");
        }
        return new AccessDecision(decision.method(), certificate, map, wholeDn, true);
    }

    private ClientCertificate clientCertificate(String value, AuthMethod method) {
        if (value.equals("verify-full")) {
            return ClientCertificate.VERIFY_FULL;
        }
        if (!value.equals("verify-ca")) {
            throw line.error("invalid value for clientcert: \"" + value + "\"");
        }
        if (method == AuthMethod.CERT) {
            throw line.error("clientcert can only be set to \"verify-full\" when using \"cert\" authentication");
        }
        return ClientCertificate.VERIFY_CA;
    }

    private boolean isWholeDn(String value) {
        return switch (value) {
            case "DN" -> true;
            case "CN" -> false;
            default -> throw line.error("invalid value for clientname: \"" + value + "\"");
        };
    }
}
