// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

/**
 * A kind of compressed WAL file that can be read and written. gzip is here; others are brought by whoever has a library
 * for them. Safe for use from any thread.
 */
public interface SegmentCompression extends SegmentDecompressor {

    /** Returns a new compressor, to be closed. */
    SegmentCompressor newCompressor();

    /**
     * Returns gzip, as {@code pg_receivewal} writes it.
     *
     * @param level 1 to 9, or -1 for zlib's default
     */
    static SegmentCompression gzip(int level) {
        return new Gzip(level);
    }
}
