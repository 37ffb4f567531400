// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.wal.WalPageSource;
import io.walcast.core.wal.WalVersion;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The beginning of the segment at 0/1000000 that the cases of kind {@code wal} take for granted: PostgreSQL 15, timeline
 * 1, segments of 16 MB; a first page of good records, the last of them at 0/1001F00, and what the case puts after it.
 */
final class SegmentUnderTest implements WalPageSource {
    static final SegmentSize SIZE = SegmentSize.DEFAULT;
    static final SystemIdentifier SYSTEM = new SystemIdentifier(0x6124_FEE9_93BC_0001L);
    static final Lsn START = Lsn.parse("0/1000000");
    static final Lsn FIRST_RECORD = Lsn.parse("0/1000028");
    static final Lsn LAST_GOOD_RECORD = Lsn.parse("0/1001F00");
    static final Lsn SECOND_PAGE = Lsn.parse("0/1002000");
    static final Lsn NEXT_RECORD = Lsn.parse("0/1002018");

    private static final int PAGES = 32;
    private static final int PAGE_BYTES = 8192;
    private static final int RM_XLOG = 0;
    private static final int NOOP = 0x20;
    private static final int RECORD_BYTES = 24;
    private static final int LONG_DATA_HEADER_BYTES = 5;

    private final ByteBuffer bytes = ByteBuffer.allocate(PAGES * PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private final TimelineId timeline;

    /** Makes one whose last good record reaches {@code beyond} bytes into the second page, 0 for none. */
    SegmentUnderTest(TimelineId timeline, int beyond) {
        this.timeline = timeline;
        putPageHeader(START, timeline, 0, 0);
        long firstBytes = LAST_GOOD_RECORD.minus(FIRST_RECORD);
        put(FIRST_RECORD, record((int) firstBytes, Lsn.INVALID));
        byte[] last = record((int) SECOND_PAGE.minus(LAST_GOOD_RECORD) + beyond, FIRST_RECORD);
        int onFirstPage = last.length - beyond;
        bytes.put(offset(LAST_GOOD_RECORD), last, 0, onFirstPage);
        putPageHeader(SECOND_PAGE, timeline, beyond == 0 ? 0 : 1, beyond);
        bytes.put(offset(NEXT_RECORD), last, onFirstPage, beyond);
    }

    TimelineId timeline() {
        return timeline;
    }

    /** Puts a good record at {@code at}, after the one at {@code previous}. */
    void putGoodRecord(Lsn at, Lsn previous) {
        put(at, record(RECORD_BYTES + LONG_DATA_HEADER_BYTES + 3, previous));
    }

    /** Puts {@code content} at {@code at}. */
    void put(Lsn at, byte[] content) {
        bytes.put(offset(at), content);
    }

    /** Lets the WAL at hand end at {@code end}. */
    void cut(Lsn end) {
        bytes.limit(offset(end));
    }

    /** Returns the pages from {@code from} to before {@code to}. */
    ByteBuffer pages(Lsn from, Lsn to) {
        return bytes.slice(offset(from), (int) to.minus(from));
    }

    @Override
    public int read(Lsn start, ByteBuffer into) {
        if (start.isBefore(START) || start.minus(START) >= bytes.limit()) {
            return 0;
        }
        int from = offset(start);
        int count = Math.min(into.remaining(), bytes.limit() - from);
        into.put(bytes.slice(from, count));
        return count;
    }

    private void putPageHeader(Lsn page, TimelineId timeline, int info, int remainingLength) {
        int at = offset(page);
        bytes.putShort(at, (short) WalVersion.V15.magic());
        bytes.putShort(at + 2, (short) (at == 0 ? info | 0x0002 : info));
        bytes.putInt(at + 4, timeline.value());
        bytes.putLong(at + 8, page.value());
        bytes.putInt(at + 16, remainingLength);
        if (at == 0) {
            bytes.putLong(at + 24, SYSTEM.value());
            bytes.putInt(at + 32, SIZE.bytes());
            bytes.putInt(at + 36, PAGE_BYTES);
        }
    }

    /** Returns a record that does nothing and is {@code length} bytes long. */
    private static byte[] record(int length, Lsn previous) {
        ByteBuffer record = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(0, length).putLong(8, previous.value());
        record.put(16, (byte) NOOP).put(17, (byte) RM_XLOG);
        record.put(RECORD_BYTES, (byte) 254);
        record.putInt(RECORD_BYTES + 1, length - RECORD_BYTES - LONG_DATA_HEADER_BYTES);
        CRC32C crc = new CRC32C();
        crc.update(record.array(), RECORD_BYTES, length - RECORD_BYTES);
        crc.update(record.array(), 0, 20);
        record.putInt(20, (int) crc.getValue());
        return record.array();
    }

    private static int offset(Lsn lsn) {
        return (int) lsn.minus(START);
    }
}
