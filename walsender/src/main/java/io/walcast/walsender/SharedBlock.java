// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.storage.ServedSegment;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * 128 KB of a segment in memory, for all sessions that send from there. Filled as far as somebody needed it: what is there
 * never changes.
 *
 * <p>Threading: {@link #fill} by any thread that has a lease; the count of leases under the lock of {@link SharedBlocks}.
 */
final class SharedBlock {
    static final int BYTES = 128 * 1024;

    final OpenSegment segment;
    final int start;
    int leases;

    private final ByteBuffer bytes;
    private final ByteBuffer view;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private int filled;

    /**
     * @param start where in the segment it begins
     * @param bytes {@link #BYTES} of direct memory
     */
    SharedBlock(OpenSegment segment, int start, ByteBuffer bytes) {
        this.segment = segment;
        this.start = start;
        this.bytes = requireNonNull(bytes, "bytes");
        this.view = bytes.asReadOnlyBuffer().clear();
    }

    /** Returns the memory, for another block, when nobody has a lease. */
    ByteBuffer bytes() {
        return bytes;
    }

    /** Reads what is missing up to {@code upto}, an offset in the block; returns how far it came. */
    int fill(ServedSegment file, int upto) throws IOException {
        synchronized (lock) {
            if (filled < upto) {
                filled += file.read(bytes.limit(upto).position(filled), (long) start + filled);
            }
            return filled;
        }
    }

    /** Returns a view of its own on bytes that were filled. */
    ByteBuffer view(int offset, int length) {
        return view.slice(offset, length);
    }
}
