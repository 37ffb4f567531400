// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import io.walcast.core.storage.ServedSegment;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Which pieces of a segment have been read lately, and so are in the page cache.
 *
 * <p>A piece that may not be there is read once, into a buffer that nobody looks at: measured on cached files, that costs
 * 0.035 s of CPU per GB and is shared by all sessions; asking the kernel first, by {@code mincore} on a mapping, costs 0.02
 * and says nothing where the file belongs to another user.
 *
 * <p>Threading: all but {@link #read} under the lock of {@link WalSegments}.
 */
final class WalSndReadAhead {
    /** What is read at once: a multiple of the largest chunk. */
    static final int PIECE_BYTES = 1 << 20;

    private static final int READ_BYTES = 256 * 1024;

    private static final ThreadLocal<ByteBuffer> SCRATCH =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(READ_BYTES));

    private final long warmNs;
    private final int[] readUpto;
    private final long[] readAtNs;
    private final boolean[] reading;

    /**
     * @param segmentBytes the size of the segment
     * @param warmNs for how long a piece that was read counts as being in the cache
     */
    WalSndReadAhead(int segmentBytes, long warmNs) {
        int pieces = segmentBytes / PIECE_BYTES;
        this.warmNs = warmNs;
        this.readUpto = new int[pieces];
        this.readAtNs = new long[pieces];
        this.reading = new boolean[pieces];
    }

    /** Returns whether the piece with that byte was read lately, from its start up to {@code upto}. */
    boolean isWarm(int piece, int upto, long nowNs) {
        return readUpto[piece] >= upto && nowNs - readAtNs[piece] < warmNs;
    }

    /** Returns whether somebody has to read the piece: the caller, if it returns true. */
    boolean begin(int piece) {
        boolean begun = !reading[piece];
        reading[piece] = true;
        return begun;
    }

    void end(int piece, int upto, long nowNs) {
        reading[piece] = false;
        readUpto[piece] = upto;
        readAtNs[piece] = nowNs;
    }

    void failed(int piece) {
        reading[piece] = false;
        readUpto[piece] = 0;
    }

    /** Reads the bytes from {@code from} up to {@code upto}; returns how far it came. Blocks. */
    static int read(ServedSegment file, int from, int upto) throws IOException {
        ByteBuffer scratch = SCRATCH.get();
        int at = from;
        while (at < upto) {
            int wanted = Math.min(READ_BYTES, upto - at);
            int read = file.read(scratch.clear().limit(wanted), at);
            at += read;
            if (read < wanted) {
                break;
            }
        }
        return at;
    }
}
