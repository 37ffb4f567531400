// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;

/** Makes one Zstandard frame of each message (RFC 8878), with its size in front. */
final class ZstdPacker implements Packer {
    private final ZstdCompressCtx context = new ZstdCompressCtx();

    @Override
    public int bound(int length) {
        return Math.toIntExact(Zstd.compressBound(length));
    }

    @Override
    public int pack(byte[] from, int length, byte[] into, int level) {
        try {
            return context.setLevel(level).compressByteArray(into, 0, into.length, from, 0, length);
        } catch (ZstdException e) {
            throw new IllegalStateException("could not compress with zstd: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
