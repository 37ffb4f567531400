// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the {@code pg_control} of a stopped server says.
 *
 * <pre>
 * state int32@16 | checkPoint int64@32 | checkPointCopy.ThisTimeLineID int32@48 | xlog_seg_size int32@228
 * </pre>
 *
 * @param isShutDown whether the server ended in good order
 * @param checkpoint where the last checkpoint record begins
 * @param timeline the timeline it is on
 * @param segmentSize the size of the server's segments
 */
record ControlFile(boolean isShutDown, Lsn checkpoint, TimelineId timeline, SegmentSize segmentSize) {
    private static final int DB_SHUTDOWNED = 1;
    private static final int PAGE_BYTES = 8192;
    private static final int SHORT_HEADER_BYTES = 24;
    private static final int LONG_HEADER_BYTES = 40;
    private static final int ALIGNMENT = 8;

    static ControlFile of(PostgresServer server) {
        ByteBuffer file = read(server.dataDirectory().resolve("global").resolve("pg_control"));
        return new ControlFile(
                file.getInt(16) == DB_SHUTDOWNED,
                new Lsn(file.getLong(32)),
                new TimelineId(file.getInt(48)),
                new SegmentSize(file.getInt(228)));
    }

    /** Returns the end of the last checkpoint record, which is the end of all WAL if the server ended in good order. */
    Lsn endOfCheckpoint(PostgresServer server) {
        String segment =
                SegmentName.containing(timeline, checkpoint, segmentSize).fileName(segmentSize);
        long length = read(server.walDirectory().resolve(segment)).getInt(segmentSize.offset(checkpoint));
        long leftOnPage = (long) PAGE_BYTES - segmentSize.offset(checkpoint) % PAGE_BYTES;
        if (length > leftOnPage) {
            Lsn nextPage = checkpoint.plus(leftOnPage);
            length += segmentSize.offset(nextPage) == 0 ? LONG_HEADER_BYTES : SHORT_HEADER_BYTES;
        }
        return checkpoint.plus((length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    }

    private static ByteBuffer read(Path file) {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
