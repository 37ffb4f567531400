// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.wal.WalVersion;
import io.walcast.core.wal.XLogPageHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * One segment full of sound WAL of PostgreSQL 18: records of one size that do nothing ({@code XLOG_NOOP}), with random
 * content from a fixed seed, running over pages as records do.
 */
final class SampleWal {
    static final SegmentSize SEGMENT_SIZE = SegmentSize.DEFAULT;
    static final TimelineId TIMELINE = new TimelineId(1);
    static final SystemIdentifier SYSTEM_IDENTIFIER = new SystemIdentifier(7_000_000_000_000_000_001L);
    static final Lsn START = new Lsn(SEGMENT_SIZE.bytes());

    private static final int HEADER_BYTES = 24;
    private static final int CRC_OFFSET = 20;
    private static final byte XLOG_NOOP = 0x20;
    private static final byte DATA_LONG = (byte) 254;
    private static final int DATA_HEADER_BYTES = 1 + Integer.BYTES;
    private static final int ALIGNMENT = 8;

    private final ByteBuffer segment =
            ByteBuffer.allocateDirect(SEGMENT_SIZE.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    private final Random random = new Random(42);
    private long previous;

    private SampleWal() {}

    /** Returns the segment that begins at {@link #START}, with records that have {@code dataBytes} of data each. */
    static ByteBuffer segment(int dataBytes) {
        SampleWal wal = new SampleWal();
        int recordBytes = HEADER_BYTES + DATA_HEADER_BYTES + dataBytes + ALIGNMENT;
        int pageHeaders = recordBytes / XLogPageHeader.PAGE_BYTES + 2;
        while (wal.segment.remaining() > recordBytes + pageHeaders * XLogPageHeader.LONG_BYTES) {
            wal.append(dataBytes);
        }
        return wal.segment.clear();
    }

    private void append(int dataBytes) {
        startPage(0);
        int start = segment.position();
        ByteBuffer record = record(dataBytes);
        previous = START.value() + start;
        while (record.hasRemaining()) {
            startPage(record.remaining());
            int rest = XLogPageHeader.PAGE_BYTES - segment.position() % XLogPageHeader.PAGE_BYTES;
            int part = Math.min(rest, record.remaining());
            segment.put(segment.position(), record, record.position(), part);
            segment.position(segment.position() + part);
            record.position(record.position() + part);
        }
        segment.position(-Math.floorDiv(-segment.position(), ALIGNMENT) * ALIGNMENT);
    }

    /** Writes a page header if a page begins here. */
    private void startPage(int remainingLength) {
        int at = segment.position();
        if (at % XLogPageHeader.PAGE_BYTES != 0) {
            return;
        }
        int flags = (at == 0 ? XLogPageHeader.LONG_HEADER : 0)
                | (remainingLength > 0 ? XLogPageHeader.FIRST_IS_CONTRECORD : 0);
        segment.putShort((short) WalVersion.V18.magic())
                .putShort((short) flags)
                .putInt(TIMELINE.value())
                .putLong(START.value() + at)
                .putInt(remainingLength)
                .putInt(0);
        if (at == 0) {
            segment.putLong(SYSTEM_IDENTIFIER.value())
                    .putInt(SEGMENT_SIZE.bytes())
                    .putInt(XLogPageHeader.PAGE_BYTES);
        }
    }

    private ByteBuffer record(int dataBytes) {
        byte[] data = new byte[dataBytes];
        random.nextBytes(data);
        ByteBuffer record = ByteBuffer.allocate(HEADER_BYTES + DATA_HEADER_BYTES + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(record.capacity())
                .putInt(0)
                .putLong(previous)
                .put(XLOG_NOOP)
                .position(HEADER_BYTES);
        record.put(DATA_LONG).putInt(dataBytes).put(data);
        CRC32C crc = new CRC32C();
        crc.update(record.array(), HEADER_BYTES, record.capacity() - HEADER_BYTES);
        crc.update(record.array(), 0, CRC_OFFSET);
        return record.putInt(CRC_OFFSET, (int) crc.getValue()).rewind();
    }
}
