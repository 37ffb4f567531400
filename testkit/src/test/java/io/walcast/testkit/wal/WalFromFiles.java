// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.wal;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.wal.WalPageSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The segment files of one timeline in a directory, held open. */
final class WalFromFiles implements WalPageSource, AutoCloseable {
    private final Path directory;
    private final TimelineId timeline;
    private final SegmentSize size;
    private final Map<Path, FileChannel> open = new HashMap<>();

    WalFromFiles(Path directory, TimelineId timeline, SegmentSize size) {
        this.directory = directory;
        this.timeline = timeline;
        this.size = size;
    }

    @Override
    public int read(Lsn start, ByteBuffer into) {
        Path file =
                directory.resolve(SegmentName.containing(timeline, start, size).fileName(size));
        try {
            return Files.exists(file) ? Math.max(0, channel(file).read(into, size.offset(start))) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private FileChannel channel(Path file) throws IOException {
        FileChannel channel = open.get(file);
        if (channel == null) {
            channel = FileChannel.open(file);
            open.put(file, channel);
        }
        return channel;
    }

    @Override
    public void close() throws IOException {
        for (FileChannel channel : open.values()) {
            channel.close();
        }
    }
}
