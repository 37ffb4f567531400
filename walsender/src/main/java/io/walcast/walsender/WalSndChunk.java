// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.transport.WalChunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** A run of WAL in an open segment, within one {@link SharedBlock}. */
final class WalSndChunk implements WalChunk {
    private final WalSegments segments;
    private final OpenSegment segment;
    private final Lsn start;
    private final Lsn serverEnd;
    private final PgTimestamp sentAt;
    private final int offset;
    private final int length;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private @Nullable SharedBlock block;

    @GuardedBy("lock")
    private boolean closed;

    /**
     * @param segment on lease, which is given back when this is closed
     * @param offset where in the segment it begins
     */
    WalSndChunk(
            WalSegments segments,
            OpenSegment segment,
            Lsn start,
            Lsn serverEnd,
            PgTimestamp sentAt,
            int offset,
            int length) {
        this.segments = segments;
        this.segment = segment;
        this.start = start;
        this.serverEnd = serverEnd;
        this.sentAt = sentAt;
        this.offset = offset;
        this.length = length;
    }

    @Override
    public Lsn start() {
        return start;
    }

    @Override
    public Lsn serverEnd() {
        return serverEnd;
    }

    @Override
    public PgTimestamp sentAt() {
        return sentAt;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public @Nullable FileChannel file() {
        return segment.file().channel();
    }

    @Override
    public long fileOffset() {
        return offset;
    }

    @Override
    public ByteBuffer buffer() {
        int blockStart = offset - offset % SharedBlock.BYTES;
        int from = offset - blockStart;
        synchronized (lock) {
            if (closed) {
                throw new IllegalStateException("the chunk at " + start + " is closed");
            }
            SharedBlock shared = block;
            if (shared == null) {
                shared = segments.blocks().lease(segment, blockStart);
                block = shared;
            }
            fill(shared, from + length);
            return shared.view(from, length);
        }
    }

    private void fill(SharedBlock shared, int upto) {
        try {
            int filled = shared.fill(segment.file(), upto);
            if (filled < upto) {
                throw segments.shortRead(segment, offset, filled - upto + length, length);
            }
        } catch (IOException e) {
            throw segments.readFailure(segment, offset, e);
        }
    }

    @Override
    public void close() {
        SharedBlock shared;
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            shared = block;
            block = null;
        }
        if (shared != null) {
            segments.blocks().release(shared);
        }
        segments.release(segment);
    }
}
