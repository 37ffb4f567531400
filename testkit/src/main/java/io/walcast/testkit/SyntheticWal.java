// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * WAL without a server: pages with headers that are right (of PostgreSQL 15) around bytes that are no records, never zero,
 * and always the same at the same position. Enough for whoever stores and checks pages and reads no records. Immutable.
 *
 * @param systemIdentifier what the long page headers say
 * @param timeline what every page header says
 * @param segmentSize what the long page headers say
 * @param seed makes one history different from another
 */
public record SyntheticWal(SystemIdentifier systemIdentifier, TimelineId timeline, SegmentSize segmentSize, int seed) {
    /** The size of a page. */
    public static final int PAGE_BYTES = 8192;

    private static final short MAGIC_15 = (short) 0xD110;
    private static final short LONG_HEADER = 2;
    private static final int SHORT_BYTES = 24;
    private static final int LONG_BYTES = 40;

    /** Returns the bytes from {@code start} on. */
    public byte[] bytes(Lsn start, int length) {
        byte[] wal = new byte[length];
        long first = start.value() & -PAGE_BYTES;
        ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long at = first; at < start.value() + length; at += PAGE_BYTES) {
            fill(page, new Lsn(at));
            int from = (int) Math.max(0, start.value() - at);
            int upto = (int) Math.min(PAGE_BYTES, start.value() + length - at);
            page.get(from, wal, (int) (at + from - start.value()), upto - from);
        }
        return wal;
    }

    private void fill(ByteBuffer page, Lsn at) {
        boolean first = segmentSize.offset(at) == 0;
        page.clear();
        page.putShort(MAGIC_15).putShort(first ? LONG_HEADER : 0).putInt(timeline.value());
        page.putLong(at.value()).putInt(0).putInt(0);
        if (first) {
            page.putLong(systemIdentifier.value()).putInt(segmentSize.bytes()).putInt(PAGE_BYTES);
        }
        for (int i = first ? LONG_BYTES : SHORT_BYTES; i < PAGE_BYTES; i++) {
            page.put(i, (byte) (1 + Math.floorMod(at.value() / PAGE_BYTES * 31 + i * 7L + seed, 255)));
        }
    }
}
