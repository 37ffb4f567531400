// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.wal.WalPageSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads WAL back from the segments of a receive directory, as one timeline sees it: where a segment is there on several
 * timelines, from the newest that is not after it. Unfinished segments are read too; after the last byte that came they
 * hold zeros.
 *
 * <p>Threading: one owner thread.
 */
public final class DirectoryPageSource implements WalPageSource, AutoCloseable {
    private final DirectoryLayout layout;
    private final TimelineId timeline;
    private final SegmentSize size;

    private long openSegment;
    private @Nullable WalFile open;

    DirectoryPageSource(DirectoryLayout layout, TimelineId timeline, SegmentSize size) {
        this.layout = layout;
        this.timeline = timeline;
        this.size = size;
    }

    @Override
    public int read(Lsn start, ByteBuffer into) {
        int offset = size.offset(start);
        int limit = into.limit();
        try {
            WalFile file = file(size.segmentNumber(start));
            if (file == null) {
                return 0;
            }
            into.limit(into.position() + Math.min(into.remaining(), size.bytes() - offset));
            return file.readFully(into, offset);
        } catch (IOException e) {
            throw StorageFailure.describe("could not read WAL at " + start, e);
        } finally {
            into.limit(limit);
        }
    }

    private @Nullable WalFile file(long segmentNumber) throws IOException {
        if (open == null || openSegment != segmentNumber) {
            closeOpen();
            open = find(segmentNumber);
            openSegment = segmentNumber;
        }
        return open;
    }

    private @Nullable WalFile find(long segmentNumber) throws IOException {
        Optional<WalFileName> newest = layout.segments().stream()
                .filter(WalFileName::isPlain)
                .filter(file -> file.segmentName(size)
                        .filter(name -> name.segmentNumber() == segmentNumber && isOurs(name))
                        .isPresent())
                .reduce((older, newer) -> newer);
        if (newest.isEmpty()) {
            return null;
        }
        Path path = layout.file(newest.get().fileName());
        try {
            return layout.regular(path).isEmpty() ? null : layout.fileSystem.openForReading(path);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private boolean isOurs(SegmentName name) {
        return name.timeline().compareTo(timeline) <= 0;
    }

    private void closeOpen() throws IOException {
        if (open != null) {
            open.close();
            open = null;
        }
    }

    @Override
    public void close() {
        try {
            closeOpen();
        } catch (IOException e) {
            throw StorageFailure.describe("could not close a WAL segment", e);
        }
    }
}
