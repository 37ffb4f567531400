// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the WAL of one timeline back while a {@link SegmentWriter} writes it, wherever its files are at the moment. They have
 * to be plain ones.
 *
 * <p>Threading: one owner thread beside those of the writer.
 */
public final class ReceivedPages implements AutoCloseable {
    private final DirectoryLayout layout;
    private final TimelineId timeline;
    private final SegmentSize size;

    private long openSegment;
    private @Nullable WalFile open;

    ReceivedPages(DirectoryLayout layout, TimelineId timeline, SegmentSize size) {
        this.layout = layout;
        this.timeline = timeline;
        this.size = size;
    }

    /**
     * Reads from {@code start} until {@code into} is full or the segment ends.
     *
     * @return false if the segment's file is not there: not yet, or not any more
     * @throws io.walcast.core.error.StorageException if reading fails
     */
    public boolean read(Lsn start, ByteBuffer into) {
        int offset = size.offset(start);
        int limit = into.limit();
        try {
            WalFile file = file(size.segmentNumber(start));
            if (file == null) {
                return false;
            }
            into.limit(into.position() + Math.min(into.remaining(), size.bytes() - offset));
            file.readFully(into, offset);
            return true;
        } catch (IOException e) {
            throw StorageFailure.describe("could not read WAL at " + start, e);
        } finally {
            into.limit(limit);
        }
    }

    private @Nullable WalFile file(long segmentNumber) throws IOException {
        if (open == null || openSegment != segmentNumber) {
            close();
            open = open(new SegmentName(timeline, segmentNumber).fileName(size));
            openSegment = segmentNumber;
        }
        return open;
    }

    /** Tries the names that a segment has one after the other, in that order, so that none is missed. */
    private @Nullable WalFile open(String name) throws IOException {
        List<Path> paths = List.of(layout.ahead(name), layout.file(name + WalFileName.PARTIAL), layout.file(name));
        for (Path path : paths) {
            try {
                return layout.fileSystem.openForReading(path);
            } catch (NoSuchFileException e) {
                // It has another name, or none.
            }
        }
        return null;
    }

    @Override
    public void close() {
        WalFile file = open;
        open = null;
        if (file != null) {
            DirectoryLayout.closeQuietly(file);
        }
    }
}
