// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@link StreamBytes} on the first timeline, and a second one that leaves it.
 */
final class ForkedWal {
    static final SegmentSize SIZE = StreamBytes.SIZE;
    static final Lsn START = StreamBytes.START;
    static final TimelineId SECOND = new TimelineId(2);
    static final String HISTORY_NAME = "00000002.history";
    static final byte[] HISTORY = "1\t0/600000\tno recovery target specified\n".getBytes(US_ASCII);

    private static final int TIMELINE_AT = 4;
    private static final int HEADER_BYTES = 40;
    private static final byte OTHER = 0x55;

    private final Lsn fork;
    private final byte[] second;

    ForkedWal(Lsn fork) {
        this.fork = fork;
        this.second = StreamBytes.all();
        int forkAt = (int) fork.minus(START);
        for (int i = forkAt; i < second.length; i++) {
            second[i] ^= i % SIZE.bytes() < HEADER_BYTES ? 0 : OTHER;
        }
        ByteBuffer headers = ByteBuffer.wrap(second).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < second.length; at += SIZE.bytes()) {
            if (at >= forkAt) {
                headers.putInt(at + TIMELINE_AT, SECOND.value());
            }
        }
    }

    /** Returns where the second timeline begins. */
    Lsn fork() {
        return fork;
    }

    /** Returns the bytes from {@code start} on, within one segment. */
    ByteBuffer bytes(TimelineId timeline, Lsn start, int length) {
        int offset = (int) start.minus(START);
        return timeline.equals(SECOND)
                ? ByteBuffer.wrap(second, offset, length).slice().asReadOnlyBuffer()
                : StreamBytes.from(start, length);
    }

    /** Returns whether {@code content}, the file of the segment at {@code start}, has the right bytes up to {@code end}. */
    boolean matches(TimelineId timeline, byte[] content, Lsn start, Lsn end) {
        int length = (int) Math.min(end.minus(start), SIZE.bytes());
        return content.length == SIZE.bytes()
                && ByteBuffer.wrap(content, 0, length).equals(bytes(timeline, start, length));
    }

    @Override
    public String toString() {
        return "fork at " + fork;
    }

    static String fileName(TimelineId timeline, Lsn lsn) {
        return SegmentName.containing(timeline, lsn, SIZE).fileName(SIZE);
    }

    static Lsn next(Lsn segmentStart) {
        return segmentStart.plus(SIZE.bytes());
    }
}
