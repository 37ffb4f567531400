// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.error.StorageException;
import io.walcast.core.wal.XLogPageHeader;
import io.walcast.transport.WalChunk;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the WAL for one stream into chunks ({@code XLogSendPhysical}, {@code WALRead}).
 *
 * <p>Threading: confined to the stream. Nothing here opens or reads a file, or blocks.
 */
public final class WalSndReader {
    /** The most that one message carries ({@code MAX_SEND_SIZE}). */
    public static final int MAX_SEND_SIZE = 16 * XLogPageHeader.PAGE_BYTES;

    private final WalSegments segments;
    private @Nullable WalSndWait waiting;

    WalSndReader(WalSegments segments) {
        this.segments = segments;
    }

    /**
     * Returns the next chunk, or null if it is not at hand yet; {@code wake} is run when it is worth another call. The chunk
     * ends at {@code upto}, or at the end of a page before it, and does not go beyond the next multiple of 128 KB.
     *
     * @param fileTimeline which timeline's file to take
     * @param start the first byte
     * @param upto the end of what may be sent, after {@code start}
     * @param serverEnd what to say of the end of WAL
     * @param maxBytes most bytes, 8192 or more
     * @param wake run once for each null, on any thread, perhaps before this returns; not for one that comes while an earlier
     *     null is still waiting
     * @throws StorageException with 58P01 if the segment is not there any more; 58030 or XX001 if it cannot be read or is not
     *     that segment; with the next call it is tried again
     */
    public @Nullable WalChunk next(
            TimelineId fileTimeline, Lsn start, Lsn upto, Lsn serverEnd, int maxBytes, Runnable wake) {
        WalSndWait before = waiting;
        if (before != null) {
            if (!before.isDone()) {
                return null;
            }
            waiting = null;
            StorageException failure = before.failure();
            if (failure != null) {
                throw failure;
            }
        }
        SegmentSize size = segments.segmentSize();
        int offset = size.offset(start);
        int length = length(start, upto, maxBytes);
        SegmentName name = SegmentName.containing(fileTimeline, start, size);
        WalSndWait wait = new WalSndWait(offset / WalSndReadAhead.PIECE_BYTES, requireNonNull(wake, "wake"));
        OpenSegment segment = segments.lease(name, start, length, upto, wait);
        if (segment == null) {
            waiting = wait;
            return null;
        }
        return new WalSndChunk(segments, segment, start, serverEnd, segments.now(), offset, length);
    }

    static int length(Lsn start, Lsn upto, int maxBytes) {
        long left = upto.minus(start);
        if (left <= 0 || maxBytes < XLogPageHeader.PAGE_BYTES) {
            throw new IllegalArgumentException(
                    "upto: %s, maxBytes: %d (expected: after %s, a page or more)".formatted(upto, maxBytes, start));
        }
        int toBlockEnd = MAX_SEND_SIZE - (int) (start.value() & (MAX_SEND_SIZE - 1));
        int most = Math.min(maxBytes, toBlockEnd);
        if (left <= most) {
            return (int) left;
        }
        int past = (int) ((start.value() + most) & (XLogPageHeader.PAGE_BYTES - 1));
        return most - past;
    }
}
