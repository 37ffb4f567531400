// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.compression;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.ZstdInputStream;
import io.walcast.core.storage.SegmentCompression;
import io.walcast.core.storage.SegmentCompressor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * {@code .zst}: Zstandard frames, as {@code zstd} in an {@code archive_command} writes them, and we do.
 *
 * @param level 1 to 22, or below 0 for the fast ones; 3 is Zstandard's default
 */
record Zstd(int level) implements SegmentCompression {
    static final int DEFAULT_LEVEL = 3;
    private static final int BUFFER_BYTES = 128 * 1024;

    @Override
    public String suffix() {
        return ".zst";
    }

    @Override
    public SegmentCompressor newCompressor() {
        return new ZstdCompressor(level);
    }

    @Override
    public InputStream open(InputStream compressed) throws IOException {
        return new ZstdInputStream(compressed);
    }

    /** The frames that are whole: the checksum at the end of each is what tells. */
    @Override
    public long reliableBytes(InputStream compressed) throws IOException {
        byte[] block = new byte[BUFFER_BYTES];
        ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
        ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
        long bytes = 0;
        long reliable = 0;
        try (ZstdDecompressCtx context = new ZstdDecompressCtx()) {
            for (int read = compressed.read(block); read >= 0; read = compressed.read(block)) {
                in.clear().put(block, 0, read).flip();
                while (in.hasRemaining()) {
                    boolean whole = context.decompressDirectByteBufferStream(out.clear(), in);
                    bytes += out.position();
                    reliable = whole ? bytes : reliable;
                }
            }
        } catch (ZstdException e) {
            return reliable;
        }
        return reliable;
    }
}
