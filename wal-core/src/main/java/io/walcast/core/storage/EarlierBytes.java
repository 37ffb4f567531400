// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.Lsn;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.SqlState;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * The bytes of a segment that another file holds than the one that is being written: a compressed one, which is never
 * continued but made anew, or one of another format. They are compared with the stream as it comes by, from the start of the
 * segment on, and never changed.
 *
 * <p>Threading: the receiver thread.
 */
final class EarlierBytes implements Closeable {
    private static final int BLOCK_BYTES = 64 * 1024;

    private final InputStream content;
    private final boolean lossy;
    private final int end;
    private final byte[] block = new byte[BLOCK_BYTES];
    private int compared;
    private boolean closed;

    /**
     * Takes over {@code content}.
     *
     * @param end how many bytes of it can be relied on
     * @param lossy whether a zero may stand for a write that a crash undid
     */
    EarlierBytes(InputStream content, int end, boolean lossy) {
        this.content = content;
        this.end = end;
        this.lossy = lossy;
    }

    /** Returns the offset in the segment after the last byte to be compared. */
    int end() {
        return end;
    }

    /**
     * Compares {@code incoming}, which belongs at {@code offset} and does not go beyond {@link #end}; consumes nothing. The same
     * may come again: it is passed over.
     *
     * @throws RefusedException if the file holds something else
     */
    void compare(ByteBuffer incoming, int offset, Lsn lsn) throws IOException {
        int done = compared - offset;
        while (done < incoming.remaining()) {
            int bytes = Math.min(BLOCK_BYTES, incoming.remaining() - done);
            if (content.readNBytes(block, 0, bytes) < bytes) {
                throw new EOFException("a file that was read before has become shorter");
            }
            requireSame(incoming.slice(incoming.position() + done, bytes), lsn.plus(done));
            done += bytes;
            compared += bytes;
        }
        if (compared == end) {
            close();
        }
    }

    private void requireSame(ByteBuffer expected, Lsn lsn) {
        ByteBuffer stored = ByteBuffer.wrap(block, 0, expected.remaining());
        for (int i = stored.mismatch(expected); i >= 0 && i < stored.limit(); i++) {
            boolean lost = lossy && stored.get(i) == 0;
            if (stored.get(i) != expected.get(i) && !lost) {
                throw new RefusedException(
                        SqlState.PROTOCOL_VIOLATION,
                        "WAL overlap; stored bytes differ: possible timeline fork at " + lsn.plus(i));
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            content.close();
        }
    }
}
