// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Writes WAL as a server does, into memory, from 0/100000 on in segments of 1 MB; and lets it be read. */
public final class WalBuilder implements WalPageSource {
    public static final SegmentSize SIZE = new SegmentSize(1 << 20);
    public static final Lsn START = SIZE.start(1);
    public static final SystemIdentifier SYSTEM = new SystemIdentifier(0x1234_5678_9ABC_DEF0L);
    static final int XLOG_NOOP = 0x20;
    static final int XLOG_SWITCH = 0x40;

    private static final int PAGE_BYTES = XLogPageHeader.PAGE_BYTES;
    private static final int SEGMENTS = 6;

    private final ByteBuffer wal = ByteBuffer.allocate(SEGMENTS << 20).order(ByteOrder.LITTLE_ENDIAN);
    private final WalVersion version;
    private TimelineId timeline = TimelineId.FIRST;
    private Lsn previous = Lsn.INVALID;
    private int at;
    private int pageFlags;
    private int readBytes = Integer.MAX_VALUE;
    private int availableBytes = Integer.MAX_VALUE;

    public WalBuilder(WalVersion version) {
        this.version = version;
    }

    /** Adds a record of the XLOG resource manager that does nothing; returns where it begins. */
    public Lsn noop(int length) {
        return add(XLogRecord.RM_XLOG, XLOG_NOOP, mainData(length - XLogRecord.HEADER_BYTES));
    }

    /** Adds a record with whatever body. */
    Lsn add(int resourceManager, int info, byte[] body) {
        beginPage(0);
        Lsn start = position();
        byte[] record = record(resourceManager, info, body, previous);
        previous = start;
        put(record, record.length);
        return start;
    }

    /** Adds the beginning of a record, up to the end of the page, and lets the next page overwrite the rest. */
    public Lsn abandon(int length) {
        beginPage(0);
        Lsn start = position();
        byte[] record = record(XLogRecord.RM_XLOG, XLOG_NOOP, mainData(length - XLogRecord.HEADER_BYTES), previous);
        put(record, PAGE_BYTES - at % PAGE_BYTES);
        pageFlags = XLogPageHeader.FIRST_IS_OVERWRITE_CONTRECORD;
        return start;
    }

    /** Ends the segment. */
    public Lsn segmentSwitch() {
        Lsn start = add(XLogRecord.RM_XLOG, XLOG_SWITCH, new byte[0]);
        at = (at + SIZE.bytes() - 1) & -SIZE.bytes();
        return start;
    }

    /** Fills the page until {@code rest} bytes of it are left. */
    void fillPage(int rest) {
        beginPage(0);
        int length = PAGE_BYTES - at % PAGE_BYTES - rest;
        noop(length < 2 * XLogRecord.HEADER_BYTES ? length + PAGE_BYTES - XLogPageHeader.SHORT_BYTES : length);
    }

    /** Writes pages of {@code next} from now on. */
    public void promote(TimelineId next) {
        timeline = next;
    }

    /** Lets no read return more than {@code bytes}. */
    WalBuilder withReadsOf(int bytes) {
        readBytes = bytes;
        return this;
    }

    /** Lets the WAL at hand end at {@code end}. */
    void end(Lsn end) {
        availableBytes = (int) end.minus(START);
    }

    /** Returns where the next record begins, or the page on which it does. */
    public Lsn position() {
        return START.plus(at);
    }

    /** Returns the bytes from {@code lsn} on, to damage them. */
    public ByteBuffer at(Lsn lsn) {
        return wal.slice((int) lsn.minus(START), (int) (wal.capacity() - lsn.minus(START)))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    XLogReaderOptions options() {
        return XLogReaderOptions.of(SIZE);
    }

    @Override
    public int read(Lsn start, ByteBuffer into) {
        int from = (int) start.minus(START);
        int count = Math.min(Math.min(into.remaining(), readBytes), Math.min(wal.capacity(), availableBytes) - from);
        if (count <= 0) {
            return 0;
        }
        into.put(wal.duplicate().position(from).limit(from + count));
        return count;
    }

    private void put(byte[] record, int count) {
        int done = 0;
        while (done < count) {
            beginPage(record.length - done);
            int part = Math.min(count - done, PAGE_BYTES - at % PAGE_BYTES);
            wal.put(at, record, done, part);
            at += part;
            done += part;
        }
        at = (at + 7) & -8;
    }

    private void beginPage(int remainingLength) {
        if (at % PAGE_BYTES != 0) {
            return;
        }
        boolean first = at % SIZE.bytes() == 0;
        int info = pageFlags
                | (first ? XLogPageHeader.LONG_HEADER : 0)
                | (remainingLength > 0 ? XLogPageHeader.FIRST_IS_CONTRECORD : 0);
        pageFlags = 0;
        wal.putShort(at, (short) version.magic()).putShort(at + 2, (short) info);
        wal.putInt(at + 4, timeline.value()).putLong(at + 8, position().value());
        wal.putInt(at + 16, remainingLength);
        if (first) {
            wal.putLong(at + 24, SYSTEM.value());
            wal.putInt(at + 32, SIZE.bytes()).putInt(at + 36, PAGE_BYTES);
        }
        at += first ? XLogPageHeader.LONG_BYTES : XLogPageHeader.SHORT_BYTES;
    }

    /** Returns a body that is all main data, {@code length} bytes with its header. */
    static byte[] mainData(int length) {
        ByteBuffer body = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        if (length >= 5) {
            body.put((byte) 254).putInt(length - 5);
            while (body.hasRemaining()) {
                body.put((byte) body.position());
            }
        }
        return body.array();
    }

    /** Returns a record with its checksum. */
    static byte[] record(int resourceManager, int info, byte[] body, Lsn previous) {
        int length = XLogRecord.HEADER_BYTES + body.length;
        ByteBuffer record = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(length).putInt(700).putLong(previous.value());
        record.put((byte) info).put((byte) resourceManager);
        record.position(XLogRecord.HEADER_BYTES).put(body);
        CRC32C crc = new CRC32C();
        crc.update(record.array(), XLogRecord.HEADER_BYTES, body.length);
        crc.update(record.array(), 0, XLogRecord.AT_CHECKSUM);
        return record.putInt(XLogRecord.AT_CHECKSUM, (int) crc.getValue()).array();
    }
}
