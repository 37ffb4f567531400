// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Removes old segments ({@code RemoveOldXlogFiles}) so that a crash leaves one range without holes: what is going to be removed
 * is durable in {@code .walcast/oldest} before the first file goes, oldest first; then the directory is synced. What a crash
 * leaves of the rest is removed at the next start.
 *
 * <p>Never removed: history files, the newest segment (it tells where to go on), and what {@code archive_status} says is not
 * archived yet.
 *
 * <p>Threading: any thread, and beside a writer; one removal at a time.
 */
final class SegmentRemoval {
    private static final String ARCHIVE_STATUS = "archive_status";
    private static final String READY = ".ready";

    private final DirectoryLayout layout;
    private final StorageFailure failure;
    private final OldestSegmentFile file;
    private final Object lock = new Object();

    /** Written by who removes, read by who reads segments. */
    private volatile long lastRemoved;

    SegmentRemoval(DirectoryLayout layout, StorageFailure failure) {
        this.layout = layout;
        this.failure = failure;
        this.file = new OldestSegmentFile(layout);
    }

    /** Ends what an earlier process had begun. */
    void resume() throws IOException {
        Optional<OldestSegment> stored = file.read();
        if (stored.isPresent()) {
            OldestSegment oldest = stored.get();
            lastRemoved = oldest.segmentNumber() - 1;
            if (oldest.removing()) {
                synchronized (lock) {
                    finish(oldest);
                }
            }
        }
    }

    /** Returns the number of the last segment that was removed, 0 if none was. */
    long lastRemoved() {
        return lastRemoved;
    }

    void removeBefore(TimelineId timeline, long segmentNumber, SegmentSize size) {
        String what = "could not remove WAL before segment " + new SegmentName(timeline, segmentNumber).fileName(size)
                + " in \"" + layout.directory + "\"";
        synchronized (lock) {
            failure.check();
            try {
                remove(new OldestSegment(timeline, segmentNumber, size, true));
            } catch (DiskFullException e) {
                throw StorageFailure.describe(what, e);
            } catch (IOException e) {
                throw failure.fail(what, e);
            } catch (Error e) {
                failure.fail(what, e);
                throw e;
            }
        }
    }

    @GuardedBy("lock")
    private void remove(OldestSegment wanted) throws IOException {
        OldestSegment oldest = wanted.withSegmentNumber(Math.min(wanted.segmentNumber(), oldestUnarchived(wanted)));
        List<WalFileName> doomed = doomed(oldest);
        if (doomed.isEmpty()) {
            return;
        }
        try {
            file.store(oldest);
        } catch (DiskFullException e) {
            // One file at a time needs no bound to leave no hole.
            delete(doomed.get(0));
            layout.syncDirectory(layout.directory);
            file.store(oldest);
        }
        lastRemoved = Math.max(lastRemoved, oldest.segmentNumber() - 1);
        finish(oldest);
    }

    @GuardedBy("lock")
    private void finish(OldestSegment oldest) throws IOException {
        for (WalFileName name : doomed(oldest)) {
            delete(name);
        }
        layout.syncDirectory(layout.directory);
        file.store(oldest.done());
    }

    private void delete(WalFileName name) throws IOException {
        try {
            layout.fileSystem.delete(layout.file(name.fileName()));
        } catch (NoSuchFileException e) {
            // An archiver took it away.
        }
    }

    /** Returns the files to be removed, oldest first; never the newest one. */
    private List<WalFileName> doomed(OldestSegment oldest) throws IOException {
        List<WalFileName> segments = layout.segments();
        return segments.isEmpty()
                ? List.of()
                : segments.subList(0, segments.size() - 1).stream()
                        .filter(name -> isBefore(name, oldest))
                        .toList();
    }

    private static boolean isBefore(WalFileName file, OldestSegment oldest) {
        return file.segmentName(oldest.segmentSize())
                .filter(name -> name.segmentNumber() < oldest.segmentNumber()
                        && name.timeline().compareTo(oldest.timeline()) <= 0)
                .isPresent();
    }

    private long oldestUnarchived(OldestSegment wanted) throws IOException {
        Path status = layout.file(ARCHIVE_STATUS);
        if (!layout.fileSystem.isDirectory(status)) {
            return Long.MAX_VALUE;
        }
        return layout.fileSystem.list(status).stream()
                .map(FileEntry::name)
                .filter(name -> name.endsWith(READY))
                .flatMap(name -> WalFileName.parse(name.substring(0, name.length() - READY.length())).stream())
                .flatMap(name -> name.segmentName(wanted.segmentSize()).stream())
                .mapToLong(SegmentName::segmentNumber)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /**
     * What is removed.
     *
     * @param timeline segments of this one and of those before it
     * @param segmentNumber segments before this one
     * @param segmentSize their size
     * @param removing whether some of them may still be there
     */
    record OldestSegment(TimelineId timeline, long segmentNumber, SegmentSize segmentSize, boolean removing) {
        OldestSegment withSegmentNumber(long number) {
            return new OldestSegment(timeline, number, segmentSize, removing);
        }

        OldestSegment done() {
            return new OldestSegment(timeline, segmentNumber, segmentSize, false);
        }
    }
}
