// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.storage.SegmentWriter;
import io.walcast.core.storage.StreamStart;
import io.walcast.core.storage.WalDirectory;
import io.walcast.core.storage.WalDirectoryOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * A process that stores made-up WAL in the directory named on its command line, as fast as it can, and prints each position
 * once it is flushed. It does not end by itself.
 */
final class CutOffReceiver {
    static final SegmentSize SIZE = new SegmentSize(1 << 20);
    static final Lsn START = new Lsn(5L * SIZE.bytes());

    private static final int LARGEST_PAYLOAD = 100_000;

    /** The disk has room for about twice as much. */
    private static final Lsn END = START.plus(100L * SIZE.bytes());

    private CutOffReceiver() {}

    /** Runs it. */
    public static void main(String[] args) {
        try (WalDirectory wal = WalDirectory.open(Path.of(args[0]), WalDirectoryOptions.DEFAULTS.withCreate(true))) {
            Lsn start = wal.streamStart(SIZE).map(StreamStart::lsn).orElse(START);
            SegmentWriter writer = wal.openSegments(SIZE, TimelineId.FIRST, start);
            new Thread(() -> flush(writer), "flusher").start();
            new Thread(() -> prepare(writer), "preparer").start();
            receive(writer);
        }
    }

    private static void receive(SegmentWriter writer) {
        Random random = new Random(writer.position().value());
        while (writer.position().isBefore(END)) {
            Lsn at = writer.position();
            ByteBuffer payload = segment(SIZE.segmentNumber(at)).position(SIZE.offset(at));
            payload.limit(Math.min(payload.limit(), payload.position() + 1 + random.nextInt(LARGEST_PAYLOAD)));
            writer.append(payload);
        }
        while (true) {
            Thread.onSpinWait();
        }
    }

    private static void flush(SegmentWriter writer) {
        while (true) {
            if (writer.written().isAfter(writer.flushed())) {
                System.out.println(writer.flush());
            }
        }
    }

    private static void prepare(SegmentWriter writer) {
        while (true) {
            if (writer.wantsPrepare()) {
                writer.prepareNext();
            }
            Thread.onSpinWait();
        }
    }

    /** Returns the bytes of a segment; they depend on its number alone, and every third one ends with zeros. */
    static ByteBuffer segment(long number) {
        byte[] bytes = new byte[SIZE.bytes()];
        new Random(number).nextBytes(bytes);
        if (number % 3 == 0) {
            Arrays.fill(bytes, SIZE.bytes() / 2, SIZE.bytes(), (byte) 0);
        }
        return ByteBuffer.wrap(bytes);
    }
}
