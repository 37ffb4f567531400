// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import java.io.IOException;
import java.io.InputStream;

/**
 * gzip by the JDK. What we write ourselves has a field in its header that says how much of an unfinished file can be relied
 * on, see {@link GzipMarks}; others pass over it.
 *
 * @param level 1 to 9, or -1 for zlib's default
 */
record Gzip(int level) implements SegmentCompression {
    static final int DEFAULT_LEVEL = -1;

    Gzip {
        if (level != DEFAULT_LEVEL && (level < 1 || level > 9)) {
            throw new IllegalArgumentException("level: " + level + " (expected: 1 to 9, or -1)");
        }
    }

    @Override
    public String suffix() {
        return GZIP.suffix();
    }

    @Override
    public SegmentCompressor newCompressor() {
        return new GzipCompressor(level);
    }

    @Override
    public InputStream open(InputStream compressed) throws IOException {
        return GZIP.open(compressed);
    }

    @Override
    public long reliableBytes(InputStream compressed) throws IOException {
        return GZIP.reliableBytes(compressed);
    }
}
