// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.compression;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import io.walcast.core.storage.SegmentCompressor;
import java.nio.ByteBuffer;

/** Writes Zstandard frames with checksums; a flush ends a frame, so that what is before it can be relied on. */
final class ZstdCompressor implements SegmentCompressor {
    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    private final ZstdCompressCtx context = new ZstdCompressCtx();
    private final int level;

    /** Whether a frame was begun and not ended. */
    private boolean inFrame;

    ZstdCompressor(int level) {
        this.level = level;
    }

    @Override
    public void begin(ByteBuffer target) {
        context.reset();
        context.setLevel(level);
        context.setChecksum(true);
        inFrame = false;
    }

    @Override
    public void compress(ByteBuffer source, ByteBuffer target) {
        inFrame = true;
        context.compressDirectByteBufferStream(target, source, EndDirective.CONTINUE);
    }

    @Override
    public boolean flush(ByteBuffer target) {
        inFrame = inFrame && !context.compressDirectByteBufferStream(target, NOTHING.duplicate(), EndDirective.END);
        return !inFrame;
    }

    @Override
    public boolean finish(ByteBuffer target) {
        return flush(target);
    }

    @Override
    public void close() {
        context.close();
    }
}
