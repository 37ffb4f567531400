// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import io.walcast.core.error.StorageException;
import io.walcast.core.wal.WalPageSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The segments that lead to a timeline and on it, one for each number: its own, and before its fork those of its ancestors.
 *
 * <p>Threading: one owner thread.
 */
final class TimelinePath implements WalPageSource, AutoCloseable {
    private final WalInventory inventory;
    private final TimelineId timeline;
    private final @Nullable TimelineHistory history;
    private final SegmentSize size;

    private @Nullable SegmentBytes open;

    TimelinePath(WalInventory inventory, TimelineId timeline, @Nullable TimelineHistory history) {
        this.inventory = inventory;
        this.timeline = timeline;
        this.history = history;
        size = inventory.segmentSize();
    }

    /** Returns the segment on this path; null if it is not there. */
    @Nullable
    StoredSegment segment(long number) {
        StoredSegment own = inventory.find(timeline, number);
        if (own != null || history == null) {
            return own;
        }
        Lsn last = new Lsn(size.start(number).value() + size.bytes() - 1);
        TimelineId expected = history.timelineOf(last);
        return expected.equals(timeline) ? null : inventory.find(expected, number);
    }

    @Override
    public int read(Lsn start, ByteBuffer into) {
        int before = into.position();
        try {
            SegmentBytes bytes = bytes(size.segmentNumber(start));
            return bytes == null ? 0 : bytes.read(into, size.offset(start));
        } catch (IOException e) {
            into.position(before);
            throw new StorageException("could not read WAL at " + start + ": " + e.getMessage(), e);
        }
    }

    private @Nullable SegmentBytes bytes(long number) throws IOException {
        SegmentBytes current = open;
        if (current == null || current.segment().name().segmentNumber() != number) {
            close();
            StoredSegment segment = segment(number);
            current = segment == null ? null : inventory.open(segment);
            open = current;
        }
        return current;
    }

    @Override
    public void close() {
        SegmentBytes current = open;
        open = null;
        if (current != null) {
            try {
                current.close();
            } catch (IOException e) {
                throw new StorageException("could not close a WAL segment: " + e.getMessage(), e);
            }
        }
    }
}
