// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.SqlState;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bytes that a segment file held before this process came to write to it.
 *
 * <p>The file was full of durable zeros before its first byte was written. So a write that a crash undid, wholly or in
 * part, shows as zeros, and as nothing else. Hence, where the stream now comes by again:
 *
 * <ul>
 *   <li>equal bytes stay as they are; they are not written again;
 *   <li>a zero where the stream has something else was lost, and is written;
 *   <li>anything else on disk came from another history of the cluster: refused, with nothing changed.
 * </ul>
 *
 * <p>Threading: the receiver thread.
 */
final class StoredBytes {
    /** What a disk writes as a whole; a torn write leaves such pieces. */
    private static final int PIECE_BYTES = 512;

    private static final int BLOCK_BYTES = 64 * 1024;

    private final WalFile file;
    private final boolean readOnly;
    private final int end;
    private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);

    private StoredBytes(WalFile file, boolean readOnly, int end) {
        this.file = file;
        this.readOnly = readOnly;
        this.end = end;
    }

    /** Returns the bytes of an unfinished segment: up to the last that is not zero. */
    static StoredBytes unfinished(WalFile file, int size) throws IOException {
        return new StoredBytes(file, false, end(file, size));
    }

    /** Returns the bytes of a finished segment; it is never written to again. */
    static StoredBytes finished(WalFile file, int size) {
        return new StoredBytes(file, true, size);
    }

    /** Returns the offset after the last byte of {@code file} that is not zero. */
    static int end(WalFile file, int size) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(BLOCK_BYTES);
        for (int at = size - BLOCK_BYTES; at >= 0; at -= BLOCK_BYTES) {
            fill(file, bytes.clear(), at);
            for (int i = BLOCK_BYTES - 1; i >= 0; i--) {
                if (bytes.get(i) != 0) {
                    return at + i + 1;
                }
            }
        }
        return 0;
    }

    /** Returns the offset in the segment after the last byte to be compared. */
    int end() {
        return end;
    }

    /**
     * Takes all that remains in {@code incoming}, which belongs at {@code offset} and does not go beyond {@link #end}. When
     * it throws, nothing has been taken.
     *
     * @throws RefusedException if the file holds something else
     */
    void merge(ByteBuffer incoming, int offset, Lsn lsn) throws IOException {
        if (differs(incoming, offset, lsn)) {
            fillHoles(incoming, offset);
        }
        incoming.position(incoming.limit());
    }

    /**
     * Compares, and changes nothing.
     *
     * @throws RefusedException if the file holds something else
     */
    static void requireSame(WalFile file, SegmentSize size, ByteBuffer expected, Lsn lsn) throws IOException {
        finished(file, size.bytes()).differs(expected, size.offset(lsn), lsn);
    }

    private boolean differs(ByteBuffer incoming, int offset, Lsn lsn) throws IOException {
        boolean differs = false;
        for (int done = 0; done < incoming.remaining(); done += BLOCK_BYTES) {
            ByteBuffer expected = part(incoming, done);
            ByteBuffer stored = read(expected.remaining(), offset + done);
            for (int i = stored.mismatch(expected); i >= 0 && i < stored.limit(); i++) {
                byte have = stored.get(i);
                if (have != expected.get(i)) {
                    differs = true;
                    refuseUnlessLost(have, lsn.plus(done + i));
                }
            }
        }
        return differs;
    }

    private void refuseUnlessLost(byte have, Lsn lsn) {
        if (have != 0 || readOnly) {
            throw new RefusedException(
                    SqlState.PROTOCOL_VIOLATION, "WAL overlap; stored bytes differ: possible timeline fork at " + lsn);
        }
    }

    private void fillHoles(ByteBuffer incoming, int offset) throws IOException {
        for (int done = 0; done < incoming.remaining(); done += BLOCK_BYTES) {
            ByteBuffer expected = part(incoming, done);
            int at = offset + done;
            ByteBuffer stored = read(expected.remaining(), at);
            int hole = stored.mismatch(expected);
            while (hole >= 0) {
                int holeEnd = holeEnd(stored, expected, at, hole);
                file.write(expected.slice(hole, holeEnd - hole), (long) at + hole);
                hole = mismatchFrom(stored, expected, holeEnd);
            }
        }
    }

    /** Returns where the run of pieces ends, each with a byte to be written, that begins at {@code hole}. */
    private static int holeEnd(ByteBuffer stored, ByteBuffer expected, int at, int hole) {
        int end = Math.min(pieceEnd(at, hole), stored.limit());
        int next = mismatchFrom(stored, expected, end);
        while (next >= 0 && next < pieceEnd(at, end)) {
            end = Math.min(pieceEnd(at, end), stored.limit());
            next = mismatchFrom(stored, expected, end);
        }
        return end;
    }

    private static int pieceEnd(int at, int index) {
        return ((at + index) / PIECE_BYTES + 1) * PIECE_BYTES - at;
    }

    private static int mismatchFrom(ByteBuffer stored, ByteBuffer expected, int from) {
        int length = stored.limit() - from;
        int mismatch = stored.slice(from, length).mismatch(expected.slice(from, length));
        return mismatch < 0 ? -1 : from + mismatch;
    }

    private static ByteBuffer part(ByteBuffer incoming, int done) {
        int bytes = Math.min(BLOCK_BYTES, incoming.remaining() - done);
        return incoming.slice(incoming.position() + done, bytes);
    }

    private ByteBuffer read(int bytes, int offset) throws IOException {
        fill(file, block.clear().limit(bytes), offset);
        return block.flip();
    }

    private static void fill(WalFile file, ByteBuffer target, long position) throws IOException {
        file.readFully(target, position);
        if (target.hasRemaining()) {
            throw new EOFException("the file ends within a segment");
        }
    }
}
