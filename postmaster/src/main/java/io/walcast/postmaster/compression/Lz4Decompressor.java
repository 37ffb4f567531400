// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.compression;

import io.walcast.core.storage.SegmentDecompressor;
import java.io.IOException;
import java.io.InputStream;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.xxhash.XXHashFactory;

/** {@code .lz4}: LZ4 frames, as {@code pg_receivewal --compress=lz4} writes them. In Java alone: no native library. */
final class Lz4Decompressor implements SegmentDecompressor {

    @Override
    public String suffix() {
        return ".lz4";
    }

    @Override
    public InputStream open(InputStream compressed) throws IOException {
        return new LZ4FrameInputStream(
                compressed,
                LZ4Factory.safeInstance().safeDecompressor(),
                XXHashFactory.safeInstance().hash32());
    }
}
