// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static io.walcast.postmaster.receivewal.UsageException.Form.ERROR;

import io.walcast.core.storage.SegmentCompression;
import io.walcast.postmaster.compression.Compressions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The argument of {@code --compress}: {@code METHOD[:DETAIL]} or a bare level, checked as PostgreSQL does.
 * Of workers and long-distance
 * mode, which are for zstd, nothing comes: one thread compresses.
 */
final class CompressionSpec {
    private static final Set<String> METHODS = Set.of("none", "gzip", "lz4", "zstd");

    private final String method;
    private final int defaultLevel;
    private int level;
    private boolean workers;
    private boolean longDistance;

    private CompressionSpec(String method) {
        this.method = method;
        this.defaultLevel = switch (method) {
            case "gzip" -> -1;
            case "zstd" -> 3;
            default -> 0;
        };
        this.level = defaultLevel;
    }

    /**
     * Returns what {@code argument} means, or null if that is no compression.
     *
     * @throws UsageException if it means nothing
     */
    static @Nullable SegmentCompression compression(String argument) {
        CompressionSpec spec = parse(argument);
        spec.check();
        return switch (spec.method) {
            case "gzip" -> SegmentCompression.gzip(spec.level);
            case "none" -> null;
            case "lz4" -> Compressions.lz4(spec.level);
            default -> Compressions.zstd(spec.level);
        };
    }

    private static CompressionSpec parse(String argument) {
        CNumber bare = CNumber.read(argument, 0, 10);
        if (argument.isEmpty() || bare.isWhole(argument, 0)) {
            boolean isNone = (int) bare.value() == 0;
            CompressionSpec spec = new CompressionSpec(isNone ? "none" : "gzip");
            spec.level = isNone ? spec.level : (int) bare.value();
            return spec;
        }
        int colon = argument.indexOf(':');
        String method = colon < 0 ? argument : argument.substring(0, colon);
        if (!METHODS.contains(method)) {
            throw new UsageException(ERROR, "unrecognized compression algorithm: \"" + method + "\"");
        }
        CompressionSpec spec = new CompressionSpec(method);
        if (colon >= 0) {
            spec.parseDetail(argument.substring(colon + 1));
        }
        return spec;
    }

    private void parseDetail(String detail) {
        CNumber bare = CNumber.read(detail, 0, 10);
        if (bare.isWhole(detail, 0)) {
            level = (int) bare.value();
            return;
        }
        for (String option : detail.split(",", -1)) {
            int equals = option.indexOf('=');
            String keyword = equals < 0 ? option : option.substring(0, equals);
            String value = equals < 0 ? null : option.substring(equals + 1);
            switch (keyword) {
                case "" -> throw invalid("found empty string where a compression option was expected");
                case "level" -> level = integer(keyword, value);
                case "workers" -> {
                    integer(keyword, value);
                    workers = true;
                }
                case "long" -> longDistance = true;
                default -> throw invalid("unrecognized compression option: \"" + keyword + "\"");
            }
        }
    }

    private void check() {
        String about = "compression algorithm \"" + method + "\" ";
        int max = switch (method) {
            case "gzip" -> 9;
            case "lz4" -> 12;
            default -> 22;
        };
        int min = method.equals("zstd") ? -131072 : 1;
        if (level != defaultLevel && method.equals("none")) {
            throw invalid(about + "does not accept a compression level");
        }
        if (level != defaultLevel && (level < min || level > max)) {
            throw invalid(about
                    + "expects a compression level between %d and %d (default at %d)"
                            .formatted(min, max, defaultLevel));
        }
        if (workers && !method.equals("zstd")) {
            throw invalid(about + "does not accept a worker count");
        }
        if (longDistance && !method.equals("zstd")) {
            throw invalid(about + "does not support long-distance mode");
        }
    }

    private static int integer(String keyword, @Nullable String value) {
        if (value == null) {
            throw invalid("compression option \"" + keyword + "\" requires a value");
        }
        CNumber number = CNumber.read(value, 0, 10);
        if (!number.isWhole(value, 0)) {
            throw invalid("value for compression option \"" + keyword + "\" must be an integer");
        }
        return (int) number.value();
    }

    private static UsageException invalid(String why) {
        return new UsageException(ERROR, "invalid compression specification: " + why);
    }
}
