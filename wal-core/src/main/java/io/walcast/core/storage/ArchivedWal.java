// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import static java.util.Objects.requireNonNull;

import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import io.walcast.core.error.StorageException;
import io.walcast.ipc.Cancellation.Registration;
import io.walcast.ipc.Latch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The WAL of a directory that somebody else fills: what {@code archive_command} or {@code pg_receivewal} leaves there,
 * compressed or not. Nothing is written to it.
 *
 * <p>Only finished segments count, of full size, with a first page that fits; each is synced by us before it is offered, since
 * nobody knows whether who wrote it did. The position is the end of a segment. It follows the newest timeline whose history
 * file is there, goes on without gaps only, and moves when {@link #poll} finds something.
 *
 * <p>Threading: {@link #poll} by one thread, which it makes wait for the disk; the rest as {@link ServedWal}.
 */
public final class ArchivedWal implements ServedWal {
    private final ArchiveFiles files;
    private final List<Latch> waiters = new CopyOnWriteArrayList<>();
    private final ArchivePosition finder;

    /** Both written by the thread that polls; the cluster first. */
    private volatile @Nullable ServedCluster cluster;

    private volatile @Nullable ServedPosition position;

    private ArchivedWal(ArchiveFiles files) {
        this.files = files;
        this.finder = new ArchivePosition(files);
    }

    /** Prepares to read {@code directory} on the real file system; looks at nothing before the first {@link #poll}. */
    public static ArchivedWal open(Path directory, ArchivedWalOptions options) {
        return open(new PosixFileSystem(), directory, options);
    }

    /** Prepares to read {@code directory}; looks at nothing before the first {@link #poll}. */
    public static ArchivedWal open(WalFileSystem fileSystem, Path directory, ArchivedWalOptions options) {
        return new ArchivedWal(new ArchiveFiles(
                requireNonNull(fileSystem, "fileSystem"),
                requireNonNull(directory, "directory"),
                requireNonNull(options, "options")));
    }

    /**
     * Looks for new segments and timelines; to be called about once a second. What has just appeared is offered the next time,
     * if it has not grown by then.
     *
     * @return whether the position moved
     * @throws StorageException if the directory cannot be read; it may be tried again
     */
    public boolean poll() {
        try {
            ServedPosition before = position;
            ServedPosition found = before == null ? begin() : finder.advance(before, cluster());
            if (found == null || found.equals(before)) {
                return false;
            }
            position = found;
        } catch (IOException e) {
            throw cannotRead(e);
        }
        for (Latch waiter : waiters) {
            waiter.set();
        }
        return true;
    }

    private @Nullable ServedPosition begin() throws IOException {
        List<ArchiveFiles.Found> found = files.list();
        ServedCluster known = cluster;
        for (int i = found.size() - 1; i >= 0 && known == null; i--) {
            known = finder.clusterOf(found.get(i));
        }
        if (known == null) {
            return null;
        }
        cluster = known;
        return finder.begin(found, known);
    }

    @Override
    public @Nullable ServedPosition position() {
        return position;
    }

    @Override
    public Registration wakeOnChange(Latch latch) {
        waiters.add(latch);
        return () -> waiters.remove(latch);
    }

    private ServedCluster cluster() {
        return requireNonNull(cluster, "no position yet");
    }

    @Override
    public SystemIdentifier systemIdentifier() {
        return cluster().identity().systemIdentifier();
    }

    @Override
    public SegmentSize segmentSize() {
        return cluster().identity().segmentSize();
    }

    @Override
    public int majorVersion() {
        return cluster().major();
    }

    @Override
    public Optional<byte[]> history(TimelineId timeline) {
        try {
            return Optional.ofNullable(files.history(timeline)).filter(content -> content.length > 0);
        } catch (IOException e) {
            throw StorageFailure.describe("could not read file \"" + TimelineHistory.fileName(timeline) + "\"", e);
        }
    }

    @Override
    public ServedSegment open(TimelineId timeline, long segmentNumber) {
        SegmentName name = new SegmentName(timeline, segmentNumber);
        ServedCluster of = cluster();
        try {
            ArchiveFiles.Found found = files.find(name, of.identity().segmentSize());
            ServedSegment segment = found == null ? null : files.open(found, name, of);
            if (segment == null) {
                throw ServedFile.removed(name, of);
            }
            return segment;
        } catch (StorageException e) {
            files.warn(String.valueOf(e.getMessage()));
            throw e;
        } catch (IOException e) {
            StorageException failure =
                    StorageFailure.describe("could not open WAL segment " + name.fileName(segmentSize()), e);
            files.warn(String.valueOf(failure.getMessage()));
            throw failure;
        }
    }

    @Override
    public Optional<Long> oldestSegment() {
        ServedPosition upto = position;
        if (upto == null) {
            return Optional.empty();
        }
        SegmentSize size = segmentSize();
        try {
            TimelineHistory history = finder.history(upto.timeline());
            Set<Long> there = new HashSet<>();
            for (ArchiveFiles.Found found : files.list()) {
                if (!found.name().isPlain() || found.size() == size.bytes()) {
                    found.name()
                            .segmentName(size)
                            .filter(name -> history.contains(name.timeline()))
                            .ifPresent(name -> there.add(name.segmentNumber()));
                }
            }
            return SegmentRun.oldest(there, upto.flushedUpto(), size);
        } catch (IOException e) {
            throw cannotRead(e);
        }
    }

    private StorageException cannotRead(IOException e) {
        return StorageFailure.describe("could not read directory \"" + files.directory() + "\"", e);
    }
}
