// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The WAL in the files of a running server, on its first timeline. Not safe for use by several threads. */
final class WrittenSegments {
    private final Path directory;
    private final SegmentSize size;
    private final Map<SegmentName, ByteBuffer> segments = new HashMap<>();

    WrittenSegments(PostgresServer server) {
        directory = server.walDirectory();
        size = server.segmentSize();
    }

    /** Returns the bytes from {@code start} on, {@code most} or as many as are in its segment. */
    ByteBuffer at(Lsn start, int most) throws IOException {
        SegmentName name = SegmentName.containing(TimelineId.FIRST, start, size);
        ByteBuffer segment = segments.get(name);
        if (segment == null) {
            try (FileChannel file = FileChannel.open(directory.resolve(name.fileName(size)))) {
                segment = file.map(MapMode.READ_ONLY, 0, size.bytes());
            }
            segments.put(name, segment);
        }
        int offset = size.offset(start);
        return segment.slice(offset, Math.min(most, size.bytes() - offset));
    }
}
