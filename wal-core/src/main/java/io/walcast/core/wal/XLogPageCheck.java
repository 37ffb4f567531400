// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import static io.walcast.core.wal.InvalidWalException.invalid;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Checks the headers of the pages that are read, with PostgreSQL's checks in PostgreSQL's order ({@code
 * XLogReaderValidatePageHeader}), and learns from the first one which version wrote them.
 *
 * <p>Remembers the page before: one owner thread.
 */
final class XLogPageCheck {
    private final XLogReaderOptions options;
    private @Nullable WalVersion version;
    private long latestPage;
    private int latestTimeline;
    private int firstTimeline;

    XLogPageCheck(XLogReaderOptions options) {
        this.options = options;
        version = options.version();
    }

    /** Checks the header at {@code at} of the page that should be the one at {@code page}. */
    void check(long page, ByteBuffer bytes, int at) throws InvalidWalException {
        checkMagic(page, bytes, at);
        int info = XLogPageHeader.info(bytes, at);
        boolean isLong = (info & XLogPageHeader.LONG_HEADER) != 0;
        boolean unknownBits = (info & ~XLogPageHeader.ALL_FLAGS) != 0;
        if (!unknownBits && isLong) {
            checkLongHeader(bytes, at);
        }
        if (unknownBits || (!isLong && offset(page) == 0)) {
            throw invalid("invalid info bits %04X in %s", info, place(page));
        }
        long address = XLogPageHeader.pageAddress(bytes, at);
        if (address != page) {
            throw invalid("unexpected pageaddr %s in %s", new Lsn(address), place(page));
        }
        TimelineId readOn = options.timeline();
        if (readOn != null) {
            checkMore(page, bytes, at, readOn);
        }
        int timeline = XLogPageHeader.timeline(bytes, at);
        if (Long.compareUnsigned(page, latestPage) > 0 && Integer.compareUnsigned(timeline, latestTimeline) < 0) {
            throw invalid(
                    "out-of-sequence timeline ID %s (after %s) in %s",
                    Integer.toUnsignedString(timeline), Integer.toUnsignedString(latestTimeline), place(page));
        }
        latestPage = page;
        latestTimeline = timeline;
        firstTimeline = firstTimeline == 0 ? timeline : firstTimeline;
    }

    /** Returns which version wrote the pages; known once a page was checked. */
    WalVersion version() {
        if (version == null) {
            throw new IllegalStateException("version: not known (expected: a page was checked)");
        }
        return version;
    }

    private void checkMagic(long page, ByteBuffer bytes, int at) throws InvalidWalException {
        int magic = XLogPageHeader.magic(bytes, at);
        if (version == null) {
            version = WalVersion.ofMagic(magic).orElse(null);
            if (version == null && WalVersion.isLater(magic)) {
                throw new InvalidWalException(
                        EndOfWal.Reason.UNKNOWN_FORMAT,
                        "WAL format %04X not known; pass through only".formatted(magic));
            }
        }
        if (version == null || version.magic() != magic) {
            throw new InvalidWalException(
                    XLogPageHeader.isZero(bytes, at) ? EndOfWal.Reason.ZEROS : EndOfWal.Reason.INVALID,
                    "invalid magic number %04X in %s".formatted(magic, place(page)));
        }
    }

    private void checkLongHeader(ByteBuffer bytes, int at) throws InvalidWalException {
        SystemIdentifier expected = options.systemIdentifier();
        long actual = XLogPageHeader.systemIdentifier(bytes, at);
        if (expected != null && expected.value() != actual) {
            throw invalid(
                    "WAL file is from different database system: WAL file database system identifier is %s, "
                            + "pg_control database system identifier is %s",
                    Long.toUnsignedString(actual), expected);
        }
        if (XLogPageHeader.segmentSize(bytes, at) != options.segmentSize().bytes()) {
            throw invalid("WAL file is from different database system: incorrect segment size in page header");
        }
        if (XLogPageHeader.blockSize(bytes, at) != XLogPageHeader.PAGE_BYTES) {
            throw invalid("WAL file is from different database system: incorrect XLOG_BLCKSZ in page header");
        }
    }

    private void checkMore(long page, ByteBuffer bytes, int at, TimelineId readOn) throws InvalidWalException {
        int timeline = XLogPageHeader.timeline(bytes, at);
        if (timeline == 0) {
            throw invalid("invalid timeline 0 in page header in %s", place(page));
        }
        if (Integer.compareUnsigned(timeline, readOn.value()) > 0) {
            throw invalid(
                    "unexpected timeline ID %s (after %s) in %s",
                    Integer.toUnsignedString(timeline), readOn, place(page));
        }
        if (XLogPageHeader.has(bytes, at, XLogPageHeader.LONG_HEADER) && offset(page) != 0) {
            throw invalid("invalid info bits %04X in %s", XLogPageHeader.info(bytes, at), place(page));
        }
        long remaining = XLogPageHeader.remainingLength(bytes, at);
        if (remaining != 0 && !XLogPageHeader.has(bytes, at, XLogPageHeader.FIRST_IS_CONTRECORD)) {
            throw invalid("unexpected contrecord length %d in %s", remaining, place(page));
        }
    }

    private int offset(long page) {
        return options.segmentSize().offset(new Lsn(page));
    }

    private String place(long page) {
        SegmentSize size = options.segmentSize();
        TimelineId readOn = options.timeline();
        TimelineId first = firstTimeline == 0 ? TimelineId.FIRST : new TimelineId(firstTimeline);
        SegmentName name = SegmentName.containing(readOn == null ? first : readOn, new Lsn(page), size);
        return "log segment %s, offset %d".formatted(name.fileName(size), offset(page));
    }
}
