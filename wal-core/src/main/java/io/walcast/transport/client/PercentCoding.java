// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.client;

import io.walcast.core.error.ConfigurationException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Percent-decoding in URIs as libpq does it: {@code +} means itself, {@code %00} is forbidden. Stateless. */
public final class PercentCoding {
    private PercentCoding() {}

    /**
     * Decodes {@code encoded}; errors show {@code shown} in its place.
     *
     * @throws ConfigurationException if it cannot be decoded
     */
    public static String decode(String encoded, String shown) {
        byte[] bytes = encoded.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != '%') {
                decoded.write(bytes[i]);
                continue;
            }
            int high = i + 1 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
            int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw new ConfigurationException("invalid percent-encoded token: \"%s\"".formatted(shown));
            }
            if (high == 0 && low == 0) {
                throw new ConfigurationException(
                        "forbidden value %%00 in percent-encoded value: \"%s\"".formatted(shown));
            }
            decoded.write(high << 4 | low);
            i += 2;
        }
        return decoded.toString(StandardCharsets.UTF_8);
    }
}
