// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import io.walcast.core.wal.EndOfWal;
import io.walcast.core.wal.XLogPageHeader;
import io.walcast.core.wal.XLogReader;
import io.walcast.core.wal.XLogReaderOptions;
import io.walcast.core.wal.XLogRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Whether a timeline begins where its history says that its parent ended: in that segment, between two records, and with a
 * copy of what the parent's segment holds before.
 *
 * <p>Threading: one owner thread.
 */
final class ForkCheck {
    private static final int BLOCK_BYTES = 64 * 1024;

    private final WalInventory inventory;
    private final TimelineHistory history;
    private final Collection<WalProblem> problems;

    ForkCheck(WalInventory inventory, TimelineHistory history, Collection<WalProblem> problems) {
        this.inventory = inventory;
        this.history = history;
        this.problems = problems;
    }

    /** Checks the timeline whose first segment that is there was read with {@code first}, and whose WAL ends at {@code end}. */
    void run(SegmentResult first, @Nullable EndOfWal end) {
        StoredSegment segment = first.segment();
        if (history.entries().size() < 2) {
            return;
        }
        TimelineHistory.Entry parent = history.entries().get(history.entries().size() - 2);
        Lsn fork = parent.end();
        if (fork == null) {
            return;
        }
        if (!new Lsn(segment.end()).isAfter(fork)) {
            add(
                    new Lsn(segment.start()),
                    segment.file().fileName(),
                    "segment of timeline %s, which begins at %s only".formatted(history.timeline(), fork));
        } else if (segment.contains(fork)) {
            comparePrefix(parent.timeline(), segment, fork);
            if (!first.stretches().isEmpty() && first.isAnchored()) {
                findRecordAt(fork, first, end);
            }
        }
    }

    private void findRecordAt(Lsn fork, SegmentResult first, @Nullable EndOfWal end) {
        Lsn from = first.stretches().get(0).first();
        if (end == null || !from.isBefore(fork) || !fork.isBefore(end.end())) {
            return; // nothing before the fork, or nothing behind it
        }
        try (TimelinePath path = new TimelinePath(inventory, history.timeline(), history)) {
            XLogReader reader = new XLogReader(
                    path,
                    XLogReaderOptions.of(inventory.segmentSize())
                            .withVersion(inventory.origin().version()));
            reader.beginRead(from);
            XLogRecord record = reader.next();
            while (record != null && record.start().isBefore(fork)) {
                record = reader.next();
            }
            if (record != null && !isAt(fork, record.start())) {
                add(
                        fork,
                        first.segment().file().fileName(),
                        "no record begins at %s, where timeline %s does".formatted(fork, history.timeline()));
            }
        }
    }

    private boolean isAt(Lsn fork, Lsn record) {
        long distance = record.minus(fork);
        return distance == 0
                || (fork.value() % XLogPageHeader.PAGE_BYTES == 0 && distance <= XLogPageHeader.LONG_BYTES);
    }

    private void comparePrefix(TimelineId parent, StoredSegment segment, Lsn fork) {
        StoredSegment theirs = inventory.find(parent, segment.name().segmentNumber());
        if (theirs == null) {
            return;
        }
        Lsn parentEnd = endOf(parent, theirs);
        long upto = Lsn.min(fork, parentEnd).value();
        if (Long.compareUnsigned(upto, segment.start()) <= 0) {
            return;
        }
        try (SegmentBytes our = inventory.open(segment);
                SegmentBytes their = inventory.open(theirs)) {
            long differs = firstDifference(our, their, upto - segment.start());
            if (differs >= 0) {
                add(
                        new Lsn(segment.start() + differs),
                        segment.file().fileName(),
                        "differs from \"%s\" before %s, where timeline %s leaves timeline %s"
                                .formatted(theirs.file().fileName(), fork, history.timeline(), parent));
            }
        } catch (IOException e) {
            add(
                    new Lsn(segment.start()),
                    segment.file().fileName(),
                    "could not compare with \"%s\": %s".formatted(theirs.file().fileName(), e.getMessage()));
        }
    }

    /** Returns up to where the parent's own copy of the segment holds WAL: it may have been cut off before the fork. */
    private Lsn endOf(TimelineId parent, StoredSegment theirs) {
        try (TimelinePath path = new TimelinePath(inventory, parent, null)) {
            XLogReader reader = new XLogReader(
                    path,
                    XLogReaderOptions.of(inventory.segmentSize())
                            .withVersion(inventory.origin().version()));
            return reader.findNextRecord(new Lsn(theirs.start())).isEmpty()
                    ? new Lsn(theirs.start())
                    : reader.readToEnd().end();
        }
    }

    private static long firstDifference(SegmentBytes ours, SegmentBytes theirs, long length) throws IOException {
        ByteBuffer a = ByteBuffer.allocateDirect(BLOCK_BYTES);
        ByteBuffer b = ByteBuffer.allocateDirect(BLOCK_BYTES);
        for (long at = 0; at < length; at += BLOCK_BYTES) {
            int part = (int) Math.min(BLOCK_BYTES, length - at);
            ours.read(a.clear().limit(part), at);
            theirs.read(b.clear().limit(part), at);
            int mismatch = a.flip().mismatch(b.flip());
            if (mismatch >= 0) {
                return at + mismatch;
            }
        }
        return -1;
    }

    private void add(Lsn lsn, String file, String message) {
        problems.add(new WalProblem(WalProblem.Kind.HISTORY, lsn, file, message));
    }
}
