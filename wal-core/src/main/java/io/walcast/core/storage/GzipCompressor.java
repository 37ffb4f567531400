// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes a single gzip member, whose last four bytes tell the size of a segment; with {@link GzipMarks} in its header. */
final class GzipCompressor implements SegmentCompressor {
    private static final int MAGIC = 0x8b1f;
    private static final byte DEFLATE = 8;
    private static final byte HAS_EXTRA = 4;
    private static final byte UNIX = 3;
    private static final int TRAILER_BYTES = 8;
    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    private final Deflater deflater;
    private final CRC32 crc = new CRC32();
    private long bytes;

    GzipCompressor(int level) {
        deflater = new Deflater(level, true);
    }

    @Override
    public void begin(ByteBuffer target) {
        deflater.reset();
        crc.reset();
        bytes = 0;
        ByteBuffer header = ByteBuffer.allocate(GzipMarks.FIELD_AT + GzipMarks.FIELD_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) MAGIC)
                .put(DEFLATE)
                .put(HAS_EXTRA)
                .putInt(0)
                .put((byte) 0)
                .put(UNIX)
                .putShort((short) GzipMarks.FIELD_BYTES);
        GzipMarks.putEmpty(header);
        target.put(header.flip());
    }

    @Override
    public void compress(ByteBuffer source, ByteBuffer target) {
        int before = source.position();
        deflater.setInput(source);
        while (!deflater.needsInput() && target.hasRemaining()) {
            deflater.deflate(target);
        }
        deflater.setInput(NOTHING);
        int taken = source.position() - before;
        crc.update(source.slice(before, taken));
        bytes += taken;
    }

    @Override
    public boolean flush(ByteBuffer target) {
        deflater.deflate(target, Deflater.SYNC_FLUSH);
        return target.hasRemaining();
    }

    @Override
    public boolean finish(ByteBuffer target) {
        deflater.finish();
        deflater.deflate(target);
        if (!deflater.finished() || target.remaining() < TRAILER_BYTES) {
            return false;
        }
        ByteBuffer trailer = ByteBuffer.allocate(TRAILER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        target.put(trailer.putInt((int) crc.getValue()).putInt((int) bytes).flip());
        return true;
    }

    @Override
    public Patch patch(int flush) {
        return GzipMarks.patch(flush, new GzipMarks.Mark(bytes, crc.getValue()));
    }

    @Override
    public void close() {
        deflater.end();
    }
}
