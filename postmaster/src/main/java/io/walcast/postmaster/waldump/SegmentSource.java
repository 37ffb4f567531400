// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.waldump;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.wal.WalPageSource;
import io.walcast.core.wal.XLogPageHeader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Hands WAL to the reader from the segments of one timeline, up to an end. One owner thread. */
final class SegmentSource implements WalPageSource, Closeable {
    private final SegmentFiles files;
    private final int timeline;
    private final Lsn end;
    private final boolean mayWait;

    private long openSegment;
    private @Nullable SegmentContent open;
    private boolean isEndReached;

    /**
     * Makes a source.
     *
     * @param end where to stop, 0/0 for nowhere
     * @param mayWait whether the WAL may just end for now, instead of that being an error
     */
    SegmentSource(SegmentFiles files, int timeline, Lsn end, boolean mayWait) {
        this.files = files;
        this.timeline = timeline;
        this.end = end;
        this.mayWait = mayWait;
    }

    /** Returns whether the latest read was cut short by the end, not by what is there. */
    boolean isEndReached() {
        return isEndReached;
    }

    @Override
    public int read(Lsn start, ByteBuffer into) {
        SegmentSize size = files.size();
        long room = Math.min(into.remaining(), (long) size.bytes() - size.offset(start));
        if (!end.equals(Lsn.INVALID)) {
            long before = Math.max(0, end.value() - start.value());
            isEndReached = before < Math.min(room, XLogPageHeader.PAGE_BYTES);
            room = Math.min(room, before);
        }
        if (room == 0) {
            return 0;
        }
        int limit = into.limit();
        into.limit(into.position() + (int) room);
        try {
            return read(start, size, into);
        } finally {
            into.limit(limit);
        }
    }

    private int read(Lsn start, SegmentSize size, ByteBuffer into) {
        String segment = segmentName(size.segmentNumber(start));
        int wanted = Math.min(into.remaining(), XLogPageHeader.PAGE_BYTES);
        try {
            SegmentContent content = content(size.segmentNumber(start), segment);
            if (content == null) {
                if (mayWait) {
                    return 0;
                }
                throw new WalDumpException("could not find file \"" + segment + "\": No such file or directory");
            }
            int read = content.read(into, size.offset(start));
            if (read < wanted && !mayWait) {
                throw new WalDumpException("could not read from file %s, offset %d: read %d of %d"
                        .formatted(content.file().getFileName(), size.offset(start), read, wanted));
            }
            return read;
        } catch (IOException e) {
            throw new WalDumpException(
                    "could not read from file %s, offset %d: %s"
                            .formatted(segment, size.offset(start), SegmentFiles.reason(e)),
                    e);
        }
    }

    private @Nullable SegmentContent content(long segmentNumber, String segment) throws IOException {
        if (open == null || openSegment != segmentNumber) {
            closeOpen();
            open = files.find(segment);
            openSegment = segmentNumber;
        }
        return open;
    }

    private String segmentName(long segmentNumber) {
        long perId = 0x1_0000_0000L / files.size().bytes();
        return "%08X%08X%08X".formatted(timeline, segmentNumber / perId, segmentNumber % perId);
    }

    /** Looks at the files anew: what was unfinished may have got another name. */
    void refresh() {
        try {
            closeOpen();
        } catch (IOException e) {
            throw new WalDumpException("could not close a WAL file: " + SegmentFiles.reason(e), e);
        }
    }

    private void closeOpen() throws IOException {
        if (open != null) {
            open.close();
            open = null;
        }
    }

    @Override
    public void close() {
        refresh();
    }
}
