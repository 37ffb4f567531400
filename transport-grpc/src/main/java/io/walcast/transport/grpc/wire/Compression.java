// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import static java.util.Objects.requireNonNull;

import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.walcast.core.error.ConfigurationException;
import java.util.Locale;

/**
 * How WAL is compressed, in {@code pg_receivewal}'s words: {@code METHOD[:DETAIL]}, for example {@code zstd:level=3}.
 *
 * @param level how hard to try, as the method counts it; 0 for none
 */
public record Compression(Method method, int level) {
    /** Sent by a client that wants WAL compressed, with this in words; a server that does not permit it compresses nothing. */
    public static final Metadata.Key<String> WANTED =
            Metadata.Key.of("walcast-compression", Metadata.ASCII_STRING_MARSHALLER);

    /** No compression. */
    public static final Compression NONE = new Compression(Method.NONE, 0);

    private static final String INVALID = "invalid compression specification: ";

    public Compression {
        requireNonNull(method, "method");
        if (level != method.defaultLevel() && (level < method.minLevel || level > method.maxLevel)) {
            throw new ConfigurationException(INVALID + method.levels());
        }
    }

    /**
     * Parses {@code METHOD[:DETAIL]}, DETAIL being a level or {@code level=N}.
     *
     * @throws ConfigurationException if it is none, in PostgreSQL's words
     */
    public static Compression parse(String text) {
        int colon = text.indexOf(':');
        Method method = Method.parse(colon < 0 ? text : text.substring(0, colon));
        return new Compression(method, colon < 0 ? method.defaultLevel() : level(text.substring(colon + 1)));
    }

    private static int level(String detail) {
        int equals = detail.indexOf('=');
        String keyword = equals < 0 ? detail : detail.substring(0, equals);
        if (detail.isEmpty()) {
            throw new ConfigurationException(INVALID + "found empty string where a compression option was expected");
        }
        if (isInteger(detail)) {
            return integer(detail);
        }
        if (!keyword.equals("level")) {
            throw new ConfigurationException(INVALID + "unrecognized compression option: \"" + keyword + "\"");
        }
        if (equals < 0) {
            throw new ConfigurationException(INVALID + "compression option \"level\" requires a value");
        }
        if (!isInteger(detail.substring(equals + 1))) {
            throw new ConfigurationException(INVALID + "value for compression option \"level\" must be an integer");
        }
        return integer(detail.substring(equals + 1));
    }

    private static boolean isInteger(String text) {
        return text.matches("[-+]?[0-9]{1,9}");
    }

    private static int integer(String text) {
        return Integer.parseInt(text);
    }

    /** Returns the same with a level of at most {@code max}. */
    public Compression withLevelUpTo(int max) {
        return method == Method.NONE || level <= max
                ? this
                : new Compression(method, Math.max(Math.max(1, method.minLevel), max));
    }

    /** Returns what a client that wants this can read: this and what is not compressed. */
    public DecompressorRegistry decompressors() {
        DecompressorRegistry none = DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, false);
        return switch (method) {
            case NONE -> none;
            case GZIP -> none.with(MessageCodec.GZIP, true);
            case ZSTD -> none.with(MessageCodec.ZSTD, true);
        };
    }

    /** Returns what can be written: by a server everything, by a client, which compresses nothing, nothing. */
    public static CompressorRegistry compressors(boolean isServer) {
        CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
        registry.register(Codec.Identity.NONE);
        if (isServer) {
            registry.register(MessageCodec.GZIP);
            registry.register(MessageCodec.ZSTD);
        }
        return registry;
    }

    @Override
    public String toString() {
        return method == Method.NONE ? method.word() : method.word() + ":level=" + level;
    }

    /** A way to compress. */
    public enum Method {
        /** As it is. */
        NONE("identity", 0, 0, 0),
        /** For whoever knows nothing else. */
        GZIP("gzip", 6, 1, 9),
        /** Zstandard. */
        ZSTD("zstd", 3, -131072, 22);

        private final String encoding;
        private final int defaultLevel;
        private final int minLevel;
        private final int maxLevel;

        Method(String encoding, int defaultLevel, int minLevel, int maxLevel) {
            this.encoding = encoding;
            this.defaultLevel = defaultLevel;
            this.minLevel = minLevel;
            this.maxLevel = maxLevel;
        }

        /**
         * Returns the method that PostgreSQL calls {@code word}.
         *
         * @throws ConfigurationException if it is none
         */
        public static Method parse(String word) {
            for (Method method : values()) {
                if (method.word().equals(word)) {
                    return method;
                }
            }
            throw new ConfigurationException("unrecognized compression algorithm: \"" + word + "\"");
        }

        /** Returns PostgreSQL's name. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Returns gRPC's name, in {@code grpc-encoding}. */
        public String encoding() {
            return encoding;
        }

        /** Returns the level if none is given. */
        public int defaultLevel() {
            return defaultLevel;
        }

        private String levels() {
            String about = "compression algorithm \"" + word() + "\" ";
            return this == NONE
                    ? about + "does not accept a compression level"
                    : about
                            + "expects a compression level between %d and %d (default at %d)"
                                    .formatted(minLevel, maxLevel, defaultLevel);
        }
    }
}
