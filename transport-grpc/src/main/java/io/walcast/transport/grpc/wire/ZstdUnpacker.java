// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;

/** Reads Zstandard frames (RFC 8878), of any maker. What comes out is its own window, so that none is allocated. */
final class ZstdUnpacker implements Unpacker {
    private final ZstdDecompressCtx context = new ZstdDecompressCtx();

    @Override
    public long expected(byte[] from, int length) {
        return Math.max(0, Zstd.getFrameContentSize(from, 0, length));
    }

    @Override
    public int unpack(byte[] from, int length, byte[] into, int offset, int room) throws IOException {
        try {
            return context.decompressByteArray(into, offset, room, from, 0, length);
        } catch (ZstdException e) {
            if (e.getErrorCode() == Zstd.errDstSizeTooSmall()) {
                return TOO_LARGE;
            }
            throw new IOException("invalid zstd frame: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
