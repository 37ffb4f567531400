// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walcast.core.error.ConfigurationException;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What stands behind the {@code ?} of an address, as libpq reads it: a plus sign is a plus sign. Stateless. */
final class UriParameters {
    private static final int HEX = 16;
    private static final int ENCODED_LENGTH = 3;

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
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] given = text.getBytes(UTF_8);
        for (int i = 0; i < given.length; i++) {
            if (given[i] != '%') {
                bytes.write(given[i]);
                continue;
            }
            int high = i + 1 < given.length ? Character.digit(given[i + 1], HEX) : -1;
            int low = i + 2 < given.length ? Character.digit(given[i + 2], HEX) : -1;
            if (high < 0 || low < 0 || high + low == 0) {
                String token = new String(given, i, Math.min(ENCODED_LENGTH, given.length - i), UTF_8);
                throw new ConfigurationException("invalid percent-encoded token: \"" + token + "\"");
            }
            bytes.write(high * HEX + low);
            i += 2;
        }
        try {
            return UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ConfigurationException("listen address: \"%s\" (expected: UTF-8)".formatted(text));
        }
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
