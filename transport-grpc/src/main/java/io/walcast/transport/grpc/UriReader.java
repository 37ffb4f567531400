// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.walcast.core.error.ConfigurationException;
import io.walcast.transport.client.PercentCoding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code grpc[s]://[user[:secret]@]host[:port][,…][/dbname][?parameter=value[&…]]}. Errors name the piece that is
 * wrong, unless it may be a piece of a secret.
 */
final class UriReader {
    private static final String MASK = "***";

    private final String uri;
    private final Map<GrpcParameter, String> values;
    private int at;
    private boolean afterSecret;

    UriReader(String uri, Map<GrpcParameter, String> values) {
        this.uri = uri;
        this.values = values;
        this.at = uri.indexOf("://") + 3;
    }

    /** Puts what is given into the values, and returns the hosts. */
    List<GrpcHost> read() {
        login();
        List<GrpcHost> hosts = hosts();
        if (peek() == '/') {
            at++;
            database(until("?"));
        }
        if (peek() == '?') {
            at++;
            parameters(uri.substring(at));
        }
        return hosts;
    }

    /** Behind a sign that is not encoded a part of a secret may stand, which is shown as a host would be. */
    private void database(String encoded) {
        if (encoded.indexOf('@') >= 0) {
            throw new ConfigurationException("an \"@\" in a password or in a database name must be written as %40");
        }
        put(GrpcParameter.DBNAME, encoded, shown(encoded));
    }

    private void login() {
        int start = at;
        until("@/?");
        boolean isGiven = peek() == '@';
        at = start;
        if (isGiven) {
            String user = until(":@");
            put(GrpcParameter.USER, user, user);
            if (peek() == ':') {
                at++;
                put(GrpcParameter.PASSWORD, until("@"), MASK);
            }
            at++;
        }
    }

    private List<GrpcHost> hosts() {
        List<GrpcHost> hosts = new ArrayList<>();
        while (true) {
            boolean bracketed = peek() == '[';
            String host = bracketed ? bracketedHost() : until(":/?,");
            String port = "";
            if (peek() == ':') {
                at++;
                port = until("/?,");
            }
            String shown = shown(port.isEmpty() ? host : host + ":" + port);
            hosts.add(GrpcHost.of(decode(host, shown), bracketed, port, shown));
            if (peek() != ',') {
                return hosts;
            }
            at++;
        }
    }

    /**
     * What stands before a sign that is not where it should be may be a secret with a slash or a question mark in it; what
     * stands behind a secret, the rest of one with an ampersand.
     */
    private String shown(String piece) {
        return afterSecret || uri.indexOf('@', at) >= 0 ? MASK : piece;
    }

    private String bracketedHost() {
        at++;
        String host = until("]");
        if (at == uri.length()) {
            throw new ConfigurationException(
                    "end of string reached when looking for matching \"]\" in IPv6 host address in URI");
        }
        at++;
        if (at < uri.length() && ":/?,".indexOf(peek()) < 0) {
            throw new ConfigurationException(
                    "unexpected character at position %d in URI (expected \":\" or \"/\")".formatted(at + 1));
        }
        return host;
    }

    private void parameters(String query) {
        if (query.isEmpty()) {
            return;
        }
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                throw new ConfigurationException(
                        "missing key/value separator \"=\" in URI query parameter: \"%s\"".formatted(shown(pair)));
            }
            String word = decode(pair.substring(0, equals), shown(pair.substring(0, equals)));
            if (pair.indexOf('=', equals + 1) >= 0 && !takesEquals(word)) {
                throw new ConfigurationException(
                        "extra key/value separator \"=\" in URI query parameter: \"%s\"".formatted(shown(word)));
            }
            parameter(word, pair.substring(equals + 1));
        }
    }

    /** {@code compression=zstd:level=3} is written as pg_receivewal's option is. */
    private static boolean takesEquals(String word) {
        return word.equals(GrpcParameter.COMPRESSION.word());
    }

    private void parameter(String word, String encoded) {
        GrpcParameter parameter = GrpcParameter.of(word);
        if (parameter == null) {
            throw new ConfigurationException("invalid URI query parameter: \"%s\"".formatted(shown(word)));
        }
        afterSecret |= parameter.isSecret();
        values.put(parameter, decode(encoded, shown(encoded)));
    }

    private void put(GrpcParameter parameter, String encoded, String shown) {
        if (!encoded.isEmpty()) {
            values.put(parameter, decode(encoded, shown));
        }
    }

    private static String decode(String encoded, String shown) {
        return PercentCoding.decode(encoded, shown);
    }

    /** Returns what stands before the next of {@code ends}, or all that is left. */
    private String until(String ends) {
        int start = at;
        while (at < uri.length() && ends.indexOf(uri.charAt(at)) < 0) {
            at++;
        }
        return uri.substring(start, at);
    }

    private char peek() {
        return at < uri.length() ? uri.charAt(at) : '\0';
    }
}
