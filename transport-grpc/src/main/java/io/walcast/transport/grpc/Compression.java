// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.walcast.core.error.ConfigurationException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for, in the words of pg_receivewal's option: {@code METHOD[:LEVEL]} or {@code METHOD[:level=LEVEL]}.
 *
 * @param method the name of the encoding, as gRPC knows it
 * @param level 0 for the server's choice
 */
record Compression(String method, int level) {
    static final String NONE = "none";
    static final String GZIP = "gzip";
    static final String ZSTD = "zstd";

    private static final int MAX_GZIP = 9;
    private static final int MAX_ZSTD = 22;
    private static final Pattern FORM = Pattern.compile("([a-z0-9]+)(?::(?:level=)?([0-9]{1,9}))?");

    static Compression of(@Nullable String text) {
        if (text == null) {
            return new Compression(NONE, 0);
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw invalid("\"%s\" (expected: METHOD or METHOD:level=N)".formatted(text));
        }
        String method = matcher.group(1);
        int most =
                switch (method) {
                    case NONE -> 0;
                    case GZIP -> MAX_GZIP;
                    case ZSTD -> MAX_ZSTD;
                    default ->
                        throw new ConfigurationException(
                                "unrecognized compression algorithm: \"%s\"".formatted(method));
                };
        if (matcher.group(2) == null) {
            return new Compression(method, 0);
        }
        if (most == 0) {
            throw invalid("compression algorithm \"none\" does not accept a compression level");
        }
        int level = Integer.parseInt(matcher.group(2));
        if (level < 1 || level > most) {
            throw invalid("compression algorithm \"%s\" expects a compression level between 1 and %d"
                    .formatted(method, most));
        }
        return new Compression(method, level);
    }

    private static ConfigurationException invalid(String why) {
        return new ConfigurationException("invalid compression specification: " + why);
    }

    boolean isNone() {
        return method.equals(NONE);
    }

    /** Returns the words to ask the server with. */
    String request() {
        return level == 0 ? method : method + ":level=" + level;
    }
}
