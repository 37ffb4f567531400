// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import java.io.IOException;
import java.io.InputStream;

/** Reads one kind of compressed WAL file. Safe for use from any thread. */
public interface SegmentDecompressor {

    /** {@code .gz}, by the JDK; more of it in {@link Gzip}. */
    SegmentDecompressor GZIP = new SegmentDecompressor() {
        @Override
        public String suffix() {
            return ".gz";
        }

        @Override
        public InputStream open(InputStream compressed) {
            return new GzipReader(compressed);
        }

        @Override
        public long reliableBytes(InputStream compressed) throws IOException {
            try (GzipReader reader = new GzipReader(compressed)) {
                return reader.reliableBytes();
            }
        }
    };

    /** Returns what the names of such files end with: {@code .gz}, {@code .lz4} or {@code .zst}. */
    String suffix();

    /**
     * Returns the content. Reading throws {@link IOException} where the file is damaged or cut off, after all that comes
     * before. Closing closes {@code compressed}.
     */
    InputStream open(InputStream compressed) throws IOException;

    /**
     * Returns how many bytes of content an unfinished file gives that can be relied on, though whoever wrote it may have died
     * at it, and its machine too: at least all that was made durable, and nothing that a lost write made up. Reads {@code
     * compressed} as far as that goes.
     */
    default long reliableBytes(InputStream compressed) throws IOException {
        return readableBytes(open(compressed));
    }

    /** Returns how many bytes can be read from {@code content} before it ends or an exception tells of damage. */
    static long readableBytes(InputStream content) {
        byte[] block = new byte[64 * 1024];
        long bytes = 0;
        try {
            for (int read = content.read(block); read >= 0; read = content.read(block)) {
                bytes += read;
            }
        } catch (IOException | RuntimeException e) { // decompressors throw what they like
            return bytes;
        }
        return bytes;
    }
}
