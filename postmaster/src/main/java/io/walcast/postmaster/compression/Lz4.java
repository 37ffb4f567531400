// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.compression;

import io.walcast.core.storage.SegmentCompression;
import io.walcast.core.storage.SegmentCompressor;
import java.io.InputStream;

/**
 * {@code .lz4}: LZ4 frames, as {@code pg_receivewal --compress=lz4} writes them. In Java alone: no native library.
 *
 * @param level 1 to 12, or 0 for LZ4's default
 */
record Lz4(int level) implements SegmentCompression {
    static final int DEFAULT_LEVEL = 0;

    @Override
    public String suffix() {
        return ".lz4";
    }

    @Override
    public SegmentCompressor newCompressor() {
        return new Lz4Compressor(level);
    }

    @Override
    public InputStream open(InputStream compressed) {
        return new Lz4Reader(compressed);
    }
}
