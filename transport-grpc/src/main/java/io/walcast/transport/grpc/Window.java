// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.walcast.core.error.ConfigurationException;
import io.walcast.transport.ConnectOptions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How much may be under way.
 *
 * @param bytes 0 if the conninfo does not say
 */
record Window(int bytes) {
    /**
     * Enough for 1 Gbit/s and a round trip of 128 ms: the other end is told of room only when half of it is free again, so half
     * must be enough for what is under way. It takes memory only while nobody receives.
     */
    static final int DEFAULT_BYTES = 32 << 20;

    private static final int MIN_BYTES = 64 << 10;
    private static final int MAX_BYTES = 1 << 30;
    private static final Pattern FORM = Pattern.compile("\\s*([0-9]{1,10})\\s*(B|kB|MB|GB)?\\s*");

    static Window of(@Nullable String text) {
        if (text == null) {
            return new Window(0);
        }
        Matcher matcher = FORM.matcher(text);
        long number = matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
        int shift = number == 0 ? 0 : shift(matcher.group(2));
        if (number << shift < MIN_BYTES || number > MAX_BYTES >> shift) {
            throw new ConfigurationException(
                    "invalid window value: \"%s\" (expected: 64kB to 1GB, in bytes or with kB, MB or GB)"
                            .formatted(text));
        }
        return new Window((int) (number << shift));
    }

    private static int shift(@Nullable String unit) {
        if (unit == null) {
            return 0;
        }
        return switch (unit) {
            case "kB" -> 10;
            case "MB" -> 20;
            case "GB" -> 30;
            default -> 0;
        };
    }

    /** Returns what holds for a connection with {@code options}: the conninfo has the first word. */
    int bytesFor(ConnectOptions options) {
        return bytes > 0 ? bytes : options.windowBytesOr(DEFAULT_BYTES);
    }
}
