// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the pages of one timeline's files must say of themselves, to the last bit that PostgreSQL writes there.
 *
 * <p>Immutable.
 *
 * @param segmentSize the size of segments
 * @param version which version wrote the pages
 * @param systemIdentifier the cluster they belong to
 * @param timeline the timeline in the files' names
 * @param history where that timeline comes from, or null if that is not known
 */
public record PageRules(
        SegmentSize segmentSize,
        WalVersion version,
        SystemIdentifier systemIdentifier,
        TimelineId timeline,
        @Nullable TimelineHistory history) {
    private static final int AT_PADDING = 20;

    public PageRules {
        requireNonNull(segmentSize, "segmentSize");
        requireNonNull(version, "version");
        requireNonNull(systemIdentifier, "systemIdentifier");
        requireNonNull(timeline, "timeline");
    }

    /** Returns whether reading can go on with the page whose header is at {@code at}; nothing later is read without it. */
    boolean isReadable(long page, ByteBuffer bytes, int at) {
        int info = XLogPageHeader.info(bytes, at);
        boolean first = isFirstOfSegment(page);
        return XLogPageHeader.magic(bytes, at) == version.magic()
                && (info & ~XLogPageHeader.ALL_FLAGS) == 0
                && ((info & XLogPageHeader.LONG_HEADER) != 0) == first
                && XLogPageHeader.pageAddress(bytes, at) == page
                && (!first
                        || (XLogPageHeader.segmentSize(bytes, at) == segmentSize.bytes()
                                && XLogPageHeader.blockSize(bytes, at) == XLogPageHeader.PAGE_BYTES));
    }

    /** Returns what is wrong with a page that is readable, or null; PostgreSQL itself looks at some of it only. */
    @Nullable
    String problemWith(long page, ByteBuffer bytes, int at) {
        int found = XLogPageHeader.timeline(bytes, at);
        if (!isTimelineOf(page, found)) {
            return "unexpected timeline ID %s in %s".formatted(Integer.toUnsignedString(found), place(page));
        }
        long remaining = XLogPageHeader.remainingLength(bytes, at);
        if (remaining != 0 && !XLogPageHeader.has(bytes, at, XLogPageHeader.FIRST_IS_CONTRECORD)) {
            return "unexpected contrecord length %d in %s".formatted(remaining, place(page));
        }
        if (bytes.getInt(at + AT_PADDING) != 0) {
            return "non-zero padding in page header in %s".formatted(place(page));
        }
        if (isFirstOfSegment(page) && XLogPageHeader.systemIdentifier(bytes, at) != systemIdentifier.value()) {
            return "WAL file is from different database system: system identifier is %s, expected %s in %s"
                    .formatted(
                            Long.toUnsignedString(XLogPageHeader.systemIdentifier(bytes, at)),
                            systemIdentifier,
                            place(page));
        }
        return null;
    }

    private boolean isTimelineOf(long page, int found) {
        if (found == timeline.value() && (history == null || history.entries().size() == 1)) {
            return true;
        }
        if (history != null) {
            return found == history.timelineOf(new Lsn(page)).value();
        }
        return found != 0 && Integer.compareUnsigned(found, timeline.value()) < 0;
    }

    boolean isFirstOfSegment(long page) {
        return (page & (segmentSize.bytes() - 1)) == 0;
    }

    /** Returns where {@code position} is, in PostgreSQL's words. */
    String place(long position) {
        Lsn lsn = new Lsn(position);
        String file = SegmentName.containing(timeline, lsn, segmentSize).fileName(segmentSize);
        return "log segment %s, offset %d".formatted(file, segmentSize.offset(lsn));
    }
}
