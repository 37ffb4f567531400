// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.compression;

import io.walcast.core.storage.SegmentCompression;
import io.walcast.core.storage.SegmentCompressor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A file in memory, written as the writer of segments does. */
final class CompressedFile implements AutoCloseable {
    private final SegmentCompressor compressor;
    private final ByteBuffer out = ByteBuffer.allocateDirect(2 * SegmentCompressor.ROOM_BYTES);
    private byte[] content = new byte[0];
    private int flushes;

    CompressedFile(SegmentCompression kind) {
        compressor = kind.newCompressor();
    }

    void begin() {
        content = new byte[0];
        flushes = 0;
        compressor.begin(out.clear());
    }

    void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer source =
                ByteBuffer.allocateDirect(length).put(bytes, offset, length).flip();
        while (source.hasRemaining()) {
            makeRoom();
            compressor.compress(source, out);
        }
        writeOut();
    }

    void flush() throws IOException {
        makeRoom();
        while (!compressor.flush(out)) {
            makeRoom();
        }
        writeOut();
        SegmentCompressor.Patch patch = compressor.patch(++flushes);
        if (patch != null) {
            ByteBuffer bytes = patch.bytes();
            bytes.get(content, (int) patch.position(), bytes.remaining());
        }
    }

    void finish() throws IOException {
        makeRoom();
        while (!compressor.finish(out)) {
            makeRoom();
        }
        writeOut();
    }

    private void makeRoom() {
        if (out.remaining() < SegmentCompressor.ROOM_BYTES) {
            writeOut();
        }
    }

    private void writeOut() {
        out.flip();
        int at = content.length;
        content = Arrays.copyOf(content, at + out.remaining());
        out.get(content, at, out.remaining());
        out.clear();
    }

    /** Returns a copy of what is in the file. */
    byte[] bytes() {
        return content.clone();
    }

    @Override
    public void close() {
        compressor.close();
    }
}
