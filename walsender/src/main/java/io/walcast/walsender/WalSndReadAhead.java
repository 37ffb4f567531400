// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import io.walcast.core.storage.ServedSegment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Which pieces of a segment have been read lately, and so are in the page cache.
 *
 * <p>What may not be there is read once, for all sessions, to nowhere: the kernel passes the pages on to {@code /dev/null}
 * without a copy. On cached files that costs 0.03 s of CPU per GB, reading into a buffer 0.06; asking the kernel first, by
 * {@code mincore} on a mapping, costs 0.02 and says nothing where the file belongs to another user.
 *
 * <p>Threading: all but {@link #read} under the lock of {@link WalSegments}.
 */
final class WalSndReadAhead {
    /** After so much a stream that waits may go on: a multiple of the largest chunk. */
    static final int PIECE_BYTES = 1 << 20;

    /** So much is read in one go: waking a thread for each piece would cost more than reading it. */
    private static final int PIECES_PER_RUN = 4;

    private static final int READ_BYTES = 256 * 1024;

    private static final @Nullable FileChannel NOWHERE = openNowhere();

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

    /** Returns where the run with that piece ends, if the segment is long enough. */
    static int endOfRun(int piece) {
        return (piece / PIECES_PER_RUN + 1) * PIECES_PER_RUN * PIECE_BYTES;
    }

    /**
     * Returns up to where the caller has to read: before the first piece from {@code from} on that somebody reads already or
     * that is warm, or {@code upto}.
     *
     * @param from the start of a piece
     */
    int begin(int from, int upto, long nowNs) {
        int at = from;
        while (at < upto) {
            int piece = at / PIECE_BYTES;
            int end = Math.min(upto, at + PIECE_BYTES);
            if (reading[piece] || isWarm(piece, end, nowNs)) {
                break;
            }
            reading[piece] = true;
            at = end;
        }
        return at;
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
        FileChannel channel = file.channel();
        int at = from;
        int read = 1;
        while (at < upto && read > 0) {
            read = channel == null || NOWHERE == null
                    ? file.read(SCRATCH.get().clear().limit(Math.min(READ_BYTES, upto - at)), at)
                    : (int) channel.transferTo(at, upto - at, NOWHERE);
            at += read;
        }
        return at;
    }

    /** Returns null on a system that has none; it is never closed. */
    private static @Nullable FileChannel openNowhere() {
        try {
            return FileChannel.open(Path.of("/dev/null"), StandardOpenOption.WRITE);
        } catch (IOException e) {
            return null;
        }
    }
}
