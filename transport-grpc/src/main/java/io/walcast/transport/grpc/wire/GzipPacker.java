// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Makes one gzip member of each message (RFC 1952).
 *
 * <pre>
 * 1f 8b | 08 | flags 00 | time 00000000 | extra flags 00 | system ff | deflated byte[] | crc int32 | length int32
 * </pre>
 */
final class GzipPacker implements Packer {
    /** In front of every member. */
    static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    /** After what is deflated. */
    static final int TRAILER_BYTES = 2 * Integer.BYTES;

    // What does not get smaller is stored, at worst in blocks of 16 kB with 5 bytes each, if the memory level is 8.
    private static final int STORED_BLOCK_BYTES = 8 << 10;

    private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    private final CRC32 crc = new CRC32();
    private int lastLevel = Deflater.DEFAULT_COMPRESSION;

    @Override
    public int bound(int length) {
        return HEADER.length + length + 5 * (length / STORED_BLOCK_BYTES + 2) + TRAILER_BYTES;
    }

    @Override
    public int pack(byte[] from, int length, byte[] into, int level) {
        System.arraycopy(HEADER, 0, into, 0, HEADER.length);
        deflater.reset();
        if (level != lastLevel) {
            deflater.setLevel(level);
            lastLevel = level;
        }
        deflater.setInput(from, 0, length);
        deflater.finish();
        int end = HEADER.length;
        while (!deflater.finished()) {
            int room = into.length - end - TRAILER_BYTES;
            if (room <= 0) {
                throw new IllegalStateException("into: %d bytes (expected: %d)".formatted(into.length, bound(length)));
            }
            // 0 the first time if the level is another one than before.
            end += deflater.deflate(into, end, room);
        }
        crc.reset();
        crc.update(from, 0, length);
        ByteBuffer.wrap(into, end, TRAILER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) crc.getValue())
                .putInt(length);
        return end + TRAILER_BYTES;
    }

    @Override
    public void close() {
        deflater.end();
    }
}
