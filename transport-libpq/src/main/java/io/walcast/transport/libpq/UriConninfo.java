// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ConfigurationException;
import io.walcast.transport.client.PercentCoding;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Parses {@code postgresql://[user[:password]@][host][:port][,…][/dbname][?keyword=value[&…]]} the way libpq does.
 * Errors show the URI without its secrets.
 */
final class UriConninfo {
    private static final String[] PREFIXES = {"postgresql://", "postgres://"};
    private static final Pattern USER_PASSWORD = Pattern.compile("(?s)^([a-z]+://[^:/@]*:)[^@]*@");
    private static final Pattern QUERY_SECRET =
            Pattern.compile("([?&](?:ssl)?password=|[?&](?:oauth_client_secret|scram_[a-z]+_key)=)[^&]*");

    private final String uri;
    private final Map<ConninfoKeyword, String> values;
    private int at;

    UriConninfo(String uri, Map<ConninfoKeyword, String> values) {
        this.uri = uri;
        this.values = values;
    }

    static boolean claims(String text) {
        return prefixLength(text) > 0;
    }

    private static int prefixLength(String text) {
        for (String prefix : PREFIXES) {
            if (text.startsWith(prefix)) {
                return prefix.length();
            }
        }
        return 0;
    }

    /** Returns {@code uri} with its secrets masked. */
    static String masked(String uri) {
        String withoutPassword = USER_PASSWORD.matcher(uri).replaceFirst("$1***@");
        return QUERY_SECRET.matcher(withoutPassword).replaceAll("$1***");
    }

    void parse() {
        at = prefixLength(uri);
        userInfo();
        hosts();
        if (peek() == '/') {
            at++;
            put(ConninfoKeyword.DBNAME, until("?"));
        }
        if (peek() == '?') {
            at++;
            parameters(uri.substring(at));
        }
    }

    private void userInfo() {
        int start = at;
        until("@/");
        if (peek() != '@') {
            at = start;
            return;
        }
        at = start;
        put(ConninfoKeyword.USER, until(":@"));
        if (peek() == ':') {
            at++;
            put(ConninfoKeyword.PASSWORD, until("@"));
        }
        at++;
    }

    private void hosts() {
        StringBuilder hosts = new StringBuilder();
        StringBuilder ports = new StringBuilder();
        while (true) {
            hosts.append(peek() == '[' ? bracketedHost() : until(":/?,"));
            if (peek() == ':') {
                at++;
                ports.append(until("/?,"));
            }
            if (peek() != ',') {
                break;
            }
            at++;
            hosts.append(',');
            ports.append(',');
        }
        put(ConninfoKeyword.HOST, hosts.toString());
        put(ConninfoKeyword.PORT, ports.toString());
    }

    private String bracketedHost() {
        at++;
        String host = until("]");
        if (at == uri.length()) {
            throw error("end of string reached when looking for matching \"]\" in IPv6 host address in URI");
        }
        if (host.isEmpty()) {
            throw error("IPv6 host address may not be empty in URI");
        }
        at++;
        if (at < uri.length() && ":/?,".indexOf(peek()) < 0) {
            throw error("unexpected character \"%c\" at position %d in URI (expected \":\" or \"/\")"
                    .formatted(peek(), at + 1));
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
                        "missing key/value separator \"=\" in URI query parameter: \"%s\"".formatted(pair));
            }
            String word = decode(pair.substring(0, equals));
            if (pair.indexOf('=', equals + 1) >= 0) {
                throw new ConfigurationException(
                        "extra key/value separator \"=\" in URI query parameter: \"%s\"".formatted(word));
            }
            parameter(word, pair.substring(equals + 1));
        }
    }

    private void parameter(String word, String encoded) {
        if (word.equals("ssl") && encoded.equals("true")) {
            values.put(ConninfoKeyword.SSLMODE, "require");
            return;
        }
        if (word.equals(Conninfo.REQUIRESSL)) {
            values.put(ConninfoKeyword.SSLMODE, Conninfo.sslmodeOfRequiressl(decode(encoded)));
            return;
        }
        ConninfoKeyword keyword = ConninfoKeyword.of(word);
        if (keyword == null) {
            throw new ConfigurationException("invalid URI query parameter: \"%s\"".formatted(word));
        }
        values.put(keyword, decode(encoded, keyword.isSecret()));
    }

    private void put(ConninfoKeyword keyword, String encoded) {
        if (!encoded.isEmpty()) {
            values.put(keyword, decode(encoded, keyword.isSecret()));
        }
    }

    private String decode(String encoded) {
        return decode(encoded, false);
    }

    private String decode(String encoded, boolean secret) {
        return PercentCoding.decode(encoded, secret ? "***" : encoded);
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

    private ConfigurationException error(String message) {
        return new ConfigurationException("%s: \"%s\"".formatted(message, masked(uri)));
    }
}
