// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * {@link StreamBytes} on the first timeline, and a second timeline that leaves it at {@code fork}.
 *
 * @param fork where the second timeline begins
 */
record ForkedWal(Lsn fork) {
    static final SegmentSize SIZE = StreamBytes.SIZE;
    static final Lsn START = StreamBytes.START;
    static final TimelineId SECOND = new TimelineId(2);
    static final String HISTORY_NAME = "00000002.history";
    static final byte[] HISTORY = "1\t0/600000\tno recovery target specified\n".getBytes(US_ASCII);

    private static final int TIMELINE_AT = 4;
    private static final int HEADER_BYTES = 40;
    private static final byte OTHER = 0x55;

    /** Returns the bytes from {@code start} on, within one segment. */
    ByteBuffer bytes(TimelineId timeline, Lsn start, int length) {
        byte[] bytes = new byte[length];
        StreamBytes.from(start, length).get(bytes);
        if (timeline.equals(SECOND)) {
            for (int i = (int) Math.max(0, fork.value() - start.value()); i < length; i++) {
                Lsn at = start.plus(i);
                bytes[i] ^= SIZE.offset(at) < HEADER_BYTES ? 0 : OTHER;
            }
            if (SIZE.offset(start) == 0 && !start.isBefore(fork) && length >= HEADER_BYTES) {
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(TIMELINE_AT, SECOND.value());
            }
        }
        return ByteBuffer.wrap(bytes);
    }

    /** Returns whether {@code content}, the file of the segment at {@code start}, has the right bytes up to {@code end}. */
    boolean matches(TimelineId timeline, byte[] content, Lsn start, Lsn end) {
        int length = (int) Math.min(end.minus(start), SIZE.bytes());
        return content.length == SIZE.bytes()
                && Arrays.equals(
                        content, 0, length, bytes(timeline, start, length).array(), 0, length);
    }

    static String fileName(TimelineId timeline, Lsn lsn) {
        return SegmentName.containing(timeline, lsn, SIZE).fileName(SIZE);
    }

    static Lsn next(Lsn segmentStart) {
        return segmentStart.plus(SIZE.bytes());
    }
}
