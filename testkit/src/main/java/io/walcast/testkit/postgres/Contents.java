// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.postgres;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Comparing the beginnings of two files. */
final class Contents {
    private static final int BLOCK_BYTES = 256 * 1024;

    private Contents() {}

    /** Returns the offset of the first of {@code length} bytes in which the two differ, or -1 if they do not. */
    static long mismatch(FileChannel left, FileChannel right, long length) throws IOException {
        ByteBuffer a = ByteBuffer.allocate(BLOCK_BYTES);
        ByteBuffer b = ByteBuffer.allocate(BLOCK_BYTES);
        for (long offset = 0; offset < length; offset += BLOCK_BYTES) {
            int wanted = (int) Math.min(BLOCK_BYTES, length - offset);
            fill(a, left, offset, wanted);
            fill(b, right, offset, wanted);
            int mismatch = a.mismatch(b);
            if (mismatch >= 0) {
                return offset + mismatch;
            }
            if (a.limit() < wanted) {
                return offset + a.limit();
            }
        }
        return -1;
    }

    private static void fill(ByteBuffer buffer, FileChannel file, long offset, int wanted) throws IOException {
        buffer.clear().limit(wanted);
        int read = 0;
        while (buffer.hasRemaining() && read >= 0) {
            read = file.read(buffer, offset + buffer.position());
        }
        buffer.flip();
    }
}
