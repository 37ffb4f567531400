// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.compression;

import io.walcast.core.storage.SegmentCompression;

/** The kinds of compressed WAL files that can be written, beside {@link SegmentCompression#gzip}. */
public final class Compressions {
    private Compressions() {}

    /**
     * Returns LZ4.
     *
     * @param level 1 to 12, or 0 for the default
     */
    public static SegmentCompression lz4(int level) {
        return new Lz4(level);
    }

    /**
     * Returns Zstandard.
     *
     * @param level 1 to 22, or below 0 for the fast ones
     */
    public static SegmentCompression zstd(int level) {
        return new Zstd(level);
    }
}
