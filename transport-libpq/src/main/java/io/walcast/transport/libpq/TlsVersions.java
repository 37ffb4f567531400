// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ConfigurationException;
import java.util.List;
import java.util.Locale;

/** The versions of TLS between {@code ssl_min_protocol_version} and {@code ssl_max_protocol_version}. */
final class TlsVersions {
    private static final List<String> KNOWN = List.of("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3");
    private static final int FIRST_SUPPORTED = 2;

    private TlsVersions() {}

    static List<String> of(ConninfoValues values) {
        int lowest = index(values, ConninfoKeyword.SSL_MIN_PROTOCOL_VERSION, FIRST_SUPPORTED);
        int highest = index(values, ConninfoKeyword.SSL_MAX_PROTOCOL_VERSION, KNOWN.size() - 1);
        if (lowest > highest) {
            throw new ConfigurationException("invalid SSL protocol version range");
        }
        return KNOWN.subList(lowest, highest + 1);
    }

    private static int index(ConninfoValues values, ConninfoKeyword keyword, int otherwise) {
        String text = values.get(keyword);
        if (text == null) {
            return otherwise;
        }
        int index = indexOf(text);
        if (index < 0) {
            throw new ConfigurationException("invalid \"%s\" value: \"%s\"".formatted(keyword.word(), text));
        }
        if (index < FIRST_SUPPORTED) {
            throw new ConfigurationException("TLS below 1.2 is not supported");
        }
        return index;
    }

    private static int indexOf(String text) {
        for (int i = 0; i < KNOWN.size(); i++) {
            if (KNOWN.get(i).toLowerCase(Locale.ROOT).equals(text.toLowerCase(Locale.ROOT))) {
                return i;
            }
        }
        return -1;
    }
}
