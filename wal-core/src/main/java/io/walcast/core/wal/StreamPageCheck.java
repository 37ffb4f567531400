// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.SqlState;
import java.nio.ByteBuffer;

/**
 * Checks the page headers of a physical stream as it passes by: that the bytes belong where they are about to be stored.
 * Looks at a few bytes of each page, copies only headers that are split between two pieces, allocates nothing.
 *
 * <p>What is legal in a stream though no reader could read it: pages of zeros from a segment switch to the segment's
 * end, pages of an older timeline before the fork, pages of a version of PostgreSQL not known here (stored, not looked
 * into).
 *
 * <p>Threading: one owner thread.
 */
public final class StreamPageCheck {
    private static final int PAGE_BYTES = XLogPageHeader.PAGE_BYTES;

    private final TimelineId timeline;
    private final SegmentSize segmentSize;
    private final SystemIdentifier systemIdentifier;

    /** The first bytes of a page whose header came in pieces. */
    private final ByteBuffer header = ByteBuffer.allocate(XLogPageHeader.LONG_BYTES);

    private long next;
    private boolean inPage;
    private int magic;
    private boolean knownVersion;
    private int latestTimeline;
    private long zerosFrom;

    /**
     * Makes a check for one stream.
     *
     * @param timeline the timeline that is streamed
     * @param segmentSize the server's segment size
     * @param systemIdentifier the server's identity
     */
    public StreamPageCheck(TimelineId timeline, SegmentSize segmentSize, SystemIdentifier systemIdentifier) {
        this.timeline = requireNonNull(timeline, "timeline");
        this.segmentSize = requireNonNull(segmentSize, "segmentSize");
        this.systemIdentifier = requireNonNull(systemIdentifier, "systemIdentifier");
    }

    /**
     * Checks the pages that begin in {@code payload}, and the one whose header began in the piece before it. A stream
     * that does not go on where it was begins anew, at the next page.
     *
     * @param start the position of the payload's first byte
     * @param payload the bytes from its position to its limit; neither moves
     * @throws RefusedException with SQLSTATE XX001 if a page cannot be what belongs there
     */
    public void check(Lsn start, ByteBuffer payload) {
        long position = start.value();
        if (position != next) {
            header.clear();
            zerosFrom = 0;
            latestTimeline = 0;
            inPage = (position & (PAGE_BYTES - 1)) != 0;
        }
        int at = payload.position();
        int end = payload.limit();
        while (at < end) {
            if (inPage) {
                int rest = (int) (PAGE_BYTES - (position & (PAGE_BYTES - 1)));
                int step = Math.min(rest, end - at);
                at += step;
                position += step;
                inPage = step < rest;
            } else {
                int step = takeHeader(position, payload, at, end);
                at += step;
                position += step;
            }
        }
        next = position;
    }

    /** Checks the header that begins at {@code position}, or what is there of it; returns the bytes it took. */
    private int takeHeader(long position, ByteBuffer payload, int at, int end) {
        long page = position - header.position();
        int wanted = isFirstOfSegment(page) ? XLogPageHeader.LONG_BYTES : XLogPageHeader.SHORT_BYTES;
        int missing = wanted - header.position();
        if (header.position() == 0 && end - at >= wanted) {
            checkHeader(page, payload, at);
            inPage = true;
            return wanted;
        }
        int part = Math.min(missing, end - at);
        header.put(header.position(), payload, at, part);
        header.position(header.position() + part);
        if (part == missing) {
            header.clear();
            checkHeader(page, header, 0);
            inPage = true;
        }
        return part;
    }

    private void checkHeader(long page, ByteBuffer bytes, int at) {
        boolean firstOfSegment = isFirstOfSegment(page);
        if (XLogPageHeader.isZero(bytes, at) && !firstOfSegment) {
            zerosFrom = page;
            return;
        }
        if (zerosFrom != 0 && segmentOf(zerosFrom) == segmentOf(page)) {
            throw refused("non-zero page after zero page", page);
        }
        zerosFrom = 0;
        if (isKnownVersion(page, XLogPageHeader.magic(bytes, at))) {
            checkFields(page, bytes, at, firstOfSegment);
        }
    }

    private boolean isKnownVersion(long page, int found) {
        if (magic == found && magic != 0) {
            return knownVersion;
        }
        boolean known = WalVersion.ofMagic(found).isPresent();
        if (magic != 0) {
            throw refused(
                    known || WalVersion.isLater(found)
                            ? "WAL version changed from %04X to %04X".formatted(magic, found)
                            : "invalid magic number %04X".formatted(found),
                    page);
        }
        if (!known && !WalVersion.isLater(found)) {
            throw refused("invalid magic number %04X".formatted(found), page);
        }
        magic = found;
        knownVersion = known;
        return known;
    }

    private void checkFields(long page, ByteBuffer bytes, int at, boolean firstOfSegment) {
        int info = XLogPageHeader.info(bytes, at);
        boolean isLong = (info & XLogPageHeader.LONG_HEADER) != 0;
        if ((info & ~XLogPageHeader.ALL_FLAGS) != 0 || isLong != firstOfSegment) {
            throw refused("invalid info bits %04X".formatted(info), page);
        }
        if (isLong) {
            checkLongHeader(page, bytes, at);
        }
        if (XLogPageHeader.pageAddress(bytes, at) != page) {
            throw refused("unexpected pageaddr " + new Lsn(XLogPageHeader.pageAddress(bytes, at)), page);
        }
        checkTimeline(page, XLogPageHeader.timeline(bytes, at));
    }

    private void checkLongHeader(long page, ByteBuffer bytes, int at) {
        long found = XLogPageHeader.systemIdentifier(bytes, at);
        if (found != systemIdentifier.value()) {
            throw refused(
                    "WAL is from different database system: system identifier %s in page header, %s expected"
                            .formatted(Long.toUnsignedString(found), systemIdentifier),
                    page);
        }
        if (XLogPageHeader.segmentSize(bytes, at) != segmentSize.bytes()) {
            throw refused("incorrect segment size in page header", page);
        }
        if (XLogPageHeader.blockSize(bytes, at) != PAGE_BYTES) {
            throw refused("incorrect XLOG_BLCKSZ in page header", page);
        }
    }

    private void checkTimeline(long page, int found) {
        if (found == 0) {
            throw refused("invalid timeline 0 in page header", page);
        }
        if (Integer.compareUnsigned(found, timeline.value()) > 0) {
            throw refused(
                    "unexpected timeline ID %s while streaming timeline %s"
                            .formatted(Integer.toUnsignedString(found), timeline),
                    page);
        }
        if (Integer.compareUnsigned(found, latestTimeline) < 0) {
            throw refused(
                    "out-of-sequence timeline ID %s (after %s)"
                            .formatted(Integer.toUnsignedString(found), Integer.toUnsignedString(latestTimeline)),
                    page);
        }
        latestTimeline = found;
    }

    private boolean isFirstOfSegment(long page) {
        return (page & (segmentSize.bytes() - 1)) == 0;
    }

    private long segmentOf(long page) {
        return page & -(long) segmentSize.bytes();
    }

    private static RefusedException refused(String what, long page) {
        return new RefusedException(SqlState.DATA_CORRUPTED, "%s at %s".formatted(what, new Lsn(page)));
    }
}
