// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.compression;

import io.walcast.core.storage.SegmentCompressor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.xxhash.StreamingXXHash32;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/**
 * Writes one LZ4 frame: independent blocks of up to 64 kB of content, each with a checksum, so that of an unfinished file that
 * much can be relied on as has the right checksums; a flush ends a block.
 */
final class Lz4Compressor implements SegmentCompressor {
    private static final int BLOCK_BYTES = 64 * 1024;

    /** From this level on the compressor is the slow one, as in {@code lz4frame.c}. */
    private static final int FIRST_HIGH_LEVEL = 3;

    private final LZ4Compressor compressor;
    private final XXHash32 hash = XXHashFactory.safeInstance().hash32();
    private final StreamingXXHash32 contentHash = XXHashFactory.safeInstance().newStreamingHash32(Lz4Format.SEED);
    private final byte[] block = new byte[BLOCK_BYTES];
    private final byte[] packed;
    private int filled;

    Lz4Compressor(int level) {
        LZ4Factory factory = LZ4Factory.safeInstance();
        compressor = level < FIRST_HIGH_LEVEL ? factory.fastCompressor() : factory.highCompressor(level);
        packed = new byte[compressor.maxCompressedLength(BLOCK_BYTES)];
    }

    @Override
    public void begin(ByteBuffer target) {
        filled = 0;
        contentHash.reset();
        byte[] descriptor = {
            (byte) (Lz4Format.VERSION
                    | Lz4Format.INDEPENDENT_BLOCKS
                    | Lz4Format.BLOCK_CHECKSUMS
                    | Lz4Format.CONTENT_CHECKSUM),
            (byte) Lz4Format.BLOCKS_OF_64_KB
        };
        int check = hash.hash(descriptor, 0, descriptor.length, Lz4Format.SEED) >>> Byte.SIZE;
        putInt(target, Lz4Format.MAGIC);
        target.put(descriptor).put((byte) check);
    }

    @Override
    public void compress(ByteBuffer source, ByteBuffer target) {
        int bytes = Math.min(source.remaining(), BLOCK_BYTES - filled);
        source.get(block, filled, bytes);
        contentHash.update(block, filled, bytes);
        filled += bytes;
        if (filled == BLOCK_BYTES) {
            flush(target);
        }
    }

    @Override
    public boolean flush(ByteBuffer target) {
        if (filled > 0) {
            int bytes = compressor.compress(block, 0, filled, packed, 0, packed.length);
            if (bytes < filled) {
                putBlock(target, bytes, packed, bytes);
            } else {
                putBlock(target, filled | Lz4Format.NOT_COMPRESSED, block, filled);
            }
            filled = 0;
        }
        return true;
    }

    private void putBlock(ByteBuffer target, int size, byte[] data, int bytes) {
        putInt(target, size);
        target.put(data, 0, bytes);
        putInt(target, hash.hash(data, 0, bytes, Lz4Format.SEED));
    }

    @Override
    public boolean finish(ByteBuffer target) {
        flush(target);
        putInt(target, Lz4Format.END_MARK);
        putInt(target, contentHash.getValue());
        return true;
    }

    private static void putInt(ByteBuffer target, int value) {
        target.putInt(target.order() == ByteOrder.LITTLE_ENDIAN ? value : Integer.reverseBytes(value));
    }

    @Override
    public void close() {}
}
