// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** The segment files of one timeline in a directory, opened anew for each read. */
final class SegmentFiles implements WalPageSource {
    private final Path directory;
    private final TimelineId timeline;
    private final SegmentSize size;

    SegmentFiles(Path directory, TimelineId timeline, SegmentSize size) {
        this.directory = directory;
        this.timeline = timeline;
        this.size = size;
    }

    @Override
    public int read(Lsn start, ByteBuffer into) {
        Path file =
                directory.resolve(SegmentName.containing(timeline, start, size).fileName(size));
        if (!Files.exists(file)) {
            return 0;
        }
        try (FileChannel channel = FileChannel.open(file)) {
            return Math.max(0, channel.read(into, size.offset(start)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
