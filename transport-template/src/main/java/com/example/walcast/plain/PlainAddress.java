// SPDX-License-Identifier: Apache-2.0
package com.example.walcast.plain;

import io.walcast.core.error.ConfigurationException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where to connect to, and as whom.
 *
 * @param user null for the user of the operating system
 * @param host a name or an address
 * @param port of the listener
 * @param applicationName null for the one that {@code ConnectOptions} falls back to
 */
record PlainAddress(
        @Nullable String user,
        String host,
        int port,
        @Nullable String applicationName) {
    static final int DEFAULT_PORT = 5435;

    private static final String EXPECTED = "(expected: plain://[USER@]HOST[:PORT][?application_name=NAME])";
    private static final String APPLICATION_NAME = "application_name=";

    static PlainAddress parse(String conninfo) {
        URI uri;
        try {
            uri = new URI(conninfo);
        } catch (URISyntaxException e) {
            throw new ConfigurationException("conninfo: not a URI " + EXPECTED);
        }
        boolean hasPath = uri.getPath() != null
                && !uri.getPath().isEmpty()
                && !uri.getPath().equals("/");
        String query = uri.getRawQuery();
        boolean hasUnknown = query != null && (!query.startsWith(APPLICATION_NAME) || query.contains("&"));
        if (uri.getHost() == null || hasPath || hasUnknown || uri.getFragment() != null) {
            throw new ConfigurationException("conninfo: \"%s\" %s".formatted(conninfo, EXPECTED));
        }
        String host = uri.getHost();
        return new PlainAddress(
                uri.getUserInfo(),
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                query == null
                        ? null
                        : URLDecoder.decode(query.substring(APPLICATION_NAME.length()), StandardCharsets.UTF_8));
    }

    String userOf(Map<String, String> environment) {
        return user != null ? user : environment.getOrDefault("PGUSER", System.getProperty("user.name", ""));
    }

    @Override
    public String toString() {
        return "plain://" + (user == null ? "" : user + "@") + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + port + (applicationName == null ? "" : "?" + APPLICATION_NAME + applicationName);
    }
}
