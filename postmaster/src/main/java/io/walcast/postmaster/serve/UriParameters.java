// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walcast.core.error.ConfigurationException;
import io.walcast.transport.client.PercentCoding;
import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What stands behind the {@code ?} of an address, as libpq reads it: a plus sign is a plus sign. Stateless. */
final class UriParameters {
    /** What stands where something was not UTF-8. */
    private static final char REPLACEMENT = '\uFFFD';

    private UriParameters() {}

    /**
     * Returns the values by name, in their order.
     *
     * @throws ConfigurationException if one has no value, or is there twice, or is not well encoded
     */
    static Map<String, String> parse(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (query.isEmpty()) {
            return parameters;
        }
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals <= 0) {
                throw new ConfigurationException("listen address: \"%s\" (expected: NAME=VALUE)".formatted(pair));
            }
            String name = decode(pair.substring(0, equals));
            if (parameters.put(name, decode(pair.substring(equals + 1))) != null) {
                throw new ConfigurationException("listen address: \"%s\" twice (expected: once)".formatted(name));
            }
        }
        return parameters;
    }

    private static String decode(String text) {
        String decoded = PercentCoding.decode(text, text);
        if (decoded.indexOf(REPLACEMENT) >= 0 || decoded.indexOf('\0') >= 0) {
            throw new ConfigurationException("listen address: \"%s\" (expected: UTF-8)".formatted(text));
        }
        return decoded;
    }

    /** Returns a form that {@link #parse} reads. */
    static String print(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(entry -> encode(entry.getKey()) + "=" + encode(entry.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }
}
