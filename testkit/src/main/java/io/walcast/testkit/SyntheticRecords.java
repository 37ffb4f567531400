// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * WAL without a server, of PostgreSQL 15: pages full of sound records that do nothing ({@code XLOG_NOOP}), of many lengths,
 * running over pages and segments. Always the same for the same start and seed.
 *
 * <p>Threading: one owner thread.
 */
public final class SyntheticRecords {
    private static final int PAGE_BYTES = 8192;
    private static final int RECORD_HEADER_BYTES = 24;
    private static final int DATA_HEADER_BYTES = 5;
    private static final int AT_CHECKSUM = 20;
    private static final int ALIGNMENT = 8;
    private static final short MAGIC_15 = (short) 0xD110;
    private static final short CONTRECORD = 1;
    private static final short LONG_HEADER = 2;
    private static final byte XLOG_NOOP = 0x20;
    private static final byte DATA_LONG = (byte) 254;
    private static final int SHORT_RECORDS = 400;
    private static final int LONG_RECORDS = 30_000;

    private final SystemIdentifier systemIdentifier;
    private final TimelineId timeline;
    private final SegmentSize size;
    private final Lsn start;
    private final Random random;
    private final ByteBuffer wal;
    private long previous;

    private SyntheticRecords(
            SystemIdentifier systemIdentifier,
            TimelineId timeline,
            SegmentSize size,
            Lsn start,
            int length,
            long seed) {
        this.systemIdentifier = systemIdentifier;
        this.timeline = timeline;
        this.size = size;
        this.start = start;
        random = new Random(seed);
        wal = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Returns {@code length} bytes of WAL from {@code start} on; the last record is cut off.
     *
     * @param start the start of a segment
     */
    public static byte[] bytes(
            SystemIdentifier systemIdentifier,
            TimelineId timeline,
            SegmentSize size,
            Lsn start,
            int length,
            long seed) {
        SyntheticRecords records = new SyntheticRecords(systemIdentifier, timeline, size, start, length, seed);
        while (records.wal.hasRemaining()) {
            records.append();
        }
        return records.wal.array();
    }

    private void append() {
        startPage(0);
        long at = start.value() + wal.position();
        boolean isLong = random.nextInt(50) == 0;
        ByteBuffer record =
                record(RECORD_HEADER_BYTES + DATA_HEADER_BYTES + random.nextInt(isLong ? LONG_RECORDS : SHORT_RECORDS));
        previous = at;
        while (record.hasRemaining() && wal.hasRemaining()) {
            startPage(record.remaining());
            int rest = PAGE_BYTES - wal.position() % PAGE_BYTES;
            int part = Math.min(Math.min(rest, record.remaining()), wal.remaining());
            wal.put(wal.position(), record, record.position(), part);
            wal.position(wal.position() + part);
            record.position(record.position() + part);
        }
        int aligned = (wal.position() + ALIGNMENT - 1) & -ALIGNMENT;
        wal.position(Math.min(aligned, wal.limit()));
    }

    /** Writes a page header if a page begins here. */
    private void startPage(int remainingLength) {
        int at = wal.position();
        if (at % PAGE_BYTES != 0 || !wal.hasRemaining()) {
            return;
        }
        Lsn lsn = start.plus(at);
        boolean first = size.offset(lsn) == 0;
        ByteBuffer header = ByteBuffer.allocate(first ? 40 : 24).order(ByteOrder.LITTLE_ENDIAN);
        header.putShort(MAGIC_15)
                .putShort((short) ((first ? LONG_HEADER : 0) | (remainingLength > 0 ? CONTRECORD : 0)))
                .putInt(timeline.value())
                .putLong(lsn.value())
                .putInt(remainingLength)
                .putInt(0);
        if (first) {
            header.putLong(systemIdentifier.value()).putInt(size.bytes()).putInt(PAGE_BYTES);
        }
        wal.put(header.array(), 0, Math.min(header.capacity(), wal.remaining()));
    }

    private ByteBuffer record(int length) {
        ByteBuffer record = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(length).putInt(0).putLong(previous).put(XLOG_NOOP).position(RECORD_HEADER_BYTES);
        byte[] data = new byte[length - RECORD_HEADER_BYTES - DATA_HEADER_BYTES];
        random.nextBytes(data);
        record.put(DATA_LONG).putInt(data.length).put(data);
        CRC32C crc = new CRC32C();
        crc.update(record.array(), RECORD_HEADER_BYTES, length - RECORD_HEADER_BYTES);
        crc.update(record.array(), 0, AT_CHECKSUM);
        return record.putInt(AT_CHECKSUM, (int) crc.getValue()).rewind();
    }
}
