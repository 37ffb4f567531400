// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** Reads one kind of compressed WAL file. Safe for use from any thread. */
public interface SegmentDecompressor {

    /** {@code .gz}, by the JDK. */
    SegmentDecompressor GZIP = new SegmentDecompressor() {
        private static final int BUFFER_BYTES = 64 * 1024;

        @Override
        public String suffix() {
            return ".gz";
        }

        @Override
        public InputStream open(InputStream compressed) throws IOException {
            return new GZIPInputStream(compressed, BUFFER_BYTES);
        }
    };

    /** Returns what the names of such files end with: {@code .gz}, {@code .lz4} or {@code .zst}. */
    String suffix();

    /**
     * Returns the content. Reading throws {@link IOException} where the file is damaged or cut off. Closing closes {@code
     * compressed}.
     */
    InputStream open(InputStream compressed) throws IOException;
}
