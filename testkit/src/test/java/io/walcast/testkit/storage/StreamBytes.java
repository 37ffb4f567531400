// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/** A few segments of what looks like WAL: a long page header at each segment start, zeros here and there, and a zero end. */
final class StreamBytes {
    static final SegmentSize SIZE = new SegmentSize(1 << 20);
    static final Lsn START = new Lsn(5L * SIZE.bytes());
    static final long SYSTEM_IDENTIFIER = 7_300_000_000_000_000_001L;

    private static final int SEGMENTS = 6;
    private static final byte[] ALL = make();

    private StreamBytes() {}

    private static byte[] make() {
        byte[] all = new byte[SEGMENTS * SIZE.bytes()];
        new Random(4711).nextBytes(all);
        for (int i = 0; i < all.length; i += 7) {
            all[i] = 0;
        }
        // As after pg_switch_wal(): the rest of the second segment is zero.
        Arrays.fill(all, 2 * SIZE.bytes() - 300_000, 2 * SIZE.bytes(), (byte) 0);
        ByteBuffer bytes = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < all.length; at += SIZE.bytes()) {
            bytes.putShort(at, (short) 0xD110)
                    .putShort(at + 2, (short) 2)
                    .putInt(at + 4, 1)
                    .putLong(at + 8, START.value() + at)
                    .putInt(at + 16, 0)
                    .putInt(at + 20, 0)
                    .putLong(at + 24, SYSTEM_IDENTIFIER)
                    .putInt(at + 32, SIZE.bytes())
                    .putInt(at + 36, 8192);
        }
        return all;
    }

    static byte[] all() {
        return ALL.clone();
    }

    static ByteBuffer from(Lsn start, int length) {
        return ByteBuffer.wrap(ALL, offset(start), length).slice().asReadOnlyBuffer();
    }

    /** Returns whether {@code content}, the file of the segment at {@code start}, has the right bytes up to {@code end}. */
    static boolean matches(byte[] content, Lsn start, Lsn end) {
        int length = (int) Math.min(end.minus(start), SIZE.bytes());
        return content.length == SIZE.bytes()
                && Arrays.equals(content, 0, length, ALL, offset(start), offset(start) + length);
    }

    /** Returns whether {@code content}, that of the segment at {@code start}, goes on to {@code end} at least, and right. */
    static boolean beginsRight(byte[] content, Lsn start, Lsn end) {
        int length = (int) Math.min(end.minus(start), SIZE.bytes());
        return content.length >= length
                && Arrays.equals(content, 0, length, ALL, offset(start), offset(start) + length);
    }

    static String fileName(Lsn lsn) {
        return SegmentName.containing(TimelineId.FIRST, lsn, SIZE).fileName(SIZE);
    }

    private static int offset(Lsn lsn) {
        return (int) lsn.minus(START);
    }
}
