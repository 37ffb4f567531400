// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.walcast.core.error.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a conninfo says; nothing is filled in yet.
 *
 * @param tls whether its scheme is {@code grpcs}
 * @param hosts the servers, at least one
 * @param values values by parameter; an empty value counts as given
 */
record GrpcConninfo(boolean tls, List<GrpcHost> hosts, Map<GrpcParameter, String> values) {
    static final String PLAIN = "grpc://";
    static final String TLS = "grpcs://";

    private static final String MASK = "********";
    private static final String AS_THEY_ARE = "-._~:/@,$!*+";

    GrpcConninfo {
        hosts = List.copyOf(hosts);
        values = Map.copyOf(values);
    }

    static boolean claims(String text) {
        return text.startsWith(PLAIN) || text.startsWith(TLS);
    }

    /**
     * Parses {@code text}.
     *
     * @throws ConfigurationException in libpq's words; secrets are not repeated
     */
    static GrpcConninfo parse(String text) {
        if (!claims(text)) {
            throw new ConfigurationException("conninfo must begin with grpc:// or grpcs://");
        }
        if (text.indexOf('\0') >= 0) {
            throw new ConfigurationException("NUL in connection info string");
        }
        Map<GrpcParameter, String> values = new EnumMap<>(GrpcParameter.class);
        List<GrpcHost> hosts = new UriReader(text, values).read();
        return new GrpcConninfo(text.startsWith(TLS), hosts, values);
    }

    /** Returns the URI with its secrets masked. */
    String display() {
        Map<GrpcParameter, String> rest = new TreeMap<>(values);
        String user = rest.remove(GrpcParameter.USER);
        String password = rest.remove(GrpcParameter.PASSWORD);
        String database = rest.remove(GrpcParameter.DBNAME);
        String login =
                user == null && password == null ? "" : encoded(user, "") + (password == null ? "" : ":" + MASK) + "@";
        String parameters = rest.entrySet().stream()
                .map(e -> e.getKey().word() + "=" + (e.getKey().isSecret() ? MASK : encoded(e.getValue(), AS_THEY_ARE)))
                .collect(Collectors.joining("&", rest.isEmpty() ? "" : "?", ""));
        return (tls ? TLS : PLAIN)
                + login
                + hosts.stream().map(GrpcHost::authority).collect(Collectors.joining(","))
                + (database == null && rest.isEmpty() ? "" : "/" + encoded(database, AS_THEY_ARE))
                + parameters;
    }

    private static String encoded(@Nullable String text, String alsoAsTheyAre) {
        StringBuilder encoded = new StringBuilder();
        for (byte octet : (text == null ? "" : text).getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xFF);
            boolean asItIs = c < 128 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0);
            if (asItIs || alsoAsTheyAre.indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append("%%%02X".formatted((int) c));
            }
        }
        return encoded.toString();
    }

    @Override
    public String toString() {
        return display();
    }
}
