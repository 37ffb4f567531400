// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.storage.SegmentCompression;
import io.walcast.core.storage.SegmentDecompressor;
import io.walcast.core.storage.WalDirectoryOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
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
    private final boolean gzip;
    private final byte[] second;

    /** Makes one whose receivers keep it compressed, or not. */
    ForkedWal(Lsn fork, boolean gzip) {
        this.fork = fork;
        this.gzip = gzip;
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

    /** Returns how a receiver's directory is to be opened. */
    WalDirectoryOptions options() {
        WalDirectoryOptions options = WalDirectoryOptions.DEFAULTS.withCreate(true);
        return gzip ? options.withCompression(SegmentCompression.gzip(1)) : options;
    }

    /** Returns what {@code bytes}, those of a file, hold: as much as whoever knows nothing of us can read. */
    byte[] content(byte[] bytes) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        try (InputStream in = SegmentDecompressor.GZIP.open(new ByteArrayInputStream(bytes))) {
            byte[] block = new byte[8192];
            for (int read = in.read(block); gzip && read >= 0; read = in.read(block)) {
                content.write(block, 0, read);
            }
        } catch (IOException e) {
            // Cut off here, or not compressed at all.
        }
        return gzip ? content.toByteArray() : bytes;
    }

    /** Returns what the names of finished segments end with. */
    String suffix() {
        return gzip ? ".gz" : "";
    }

    /**
     * Returns whether {@code content}, that of the segment at {@code start}, has the right bytes up to {@code end}; a plain
     * file has the size of a segment, too.
     */
    boolean matches(TimelineId timeline, byte[] content, Lsn start, Lsn end) {
        int length = (int) Math.min(end.minus(start), SIZE.bytes());
        return (gzip ? content.length >= length : content.length == SIZE.bytes())
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
