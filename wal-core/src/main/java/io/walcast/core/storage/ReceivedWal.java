// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import io.walcast.core.error.StorageException;
import io.walcast.ipc.Cancellation.Registration;
import io.walcast.ipc.Latch;
import io.walcast.ipc.WalRcvShared;
import io.walcast.ipc.WalRcvShared.FlushPosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The WAL of a receive directory that a receiver of this process writes to: a relay's ({@code GetStandbyFlushRecPtr}).
 *
 * <p>It goes up to the receiver's flush position. Before the receiver has flushed anything, up to what an earlier process
 * left there for good, see {@link StoredPosition}: the bytes below are not rewritten when they come again. A new timeline
 * shows when something of its own is flushed: by then its history is durable, and the segment in which it begins holds all
 * that its parent's does.
 */
public final class ReceivedWal implements ServedWal {
    private final WalDirectory directory;
    private final DirectoryLayout layout;
    private final WalRcvShared shared;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private @Nullable ServedPosition position;

    private volatile @Nullable ServedCluster cluster;

    private ReceivedWal(WalDirectory directory, WalRcvShared shared) {
        this.directory = directory;
        this.layout = directory.layout();
        this.shared = shared;
    }

    /**
     * Looks at what is there. To be called before the receiver starts.
     *
     * @param directory open, and open as long as this is used
     * @param shared what the receiver publishes
     */
    public static ReceivedWal open(WalDirectory directory, WalRcvShared shared) {
        ReceivedWal wal = new ReceivedWal(directory, requireNonNull(shared, "shared"));
        directory.segmentSize().flatMap(directory::storedPosition).ifPresent(stored -> {
            synchronized (wal.lock) {
                wal.advance(stored);
            }
        });
        return wal;
    }

    @Override
    public @Nullable ServedPosition position() {
        FlushPosition flushed = shared.flushPosition();
        synchronized (lock) {
            if (flushed != null) {
                advance(flushed);
            }
            return position;
        }
    }

    @GuardedBy("lock")
    private void advance(FlushPosition flushed) {
        ServedPosition before = position;
        boolean further;
        if (before != null && before.timeline().equals(flushed.timeline())) {
            further = flushed.upto().isAfter(before.flushedUpto());
        } else {
            boolean newer = before == null || flushed.timeline().compareTo(before.timeline()) > 0;
            further = newer && flushed.upto().isAfter(flushed.latestChunkStart());
        }
        if (further) {
            advance(new ServedPosition(flushed.timeline(), flushed.upto()));
        }
    }

    @GuardedBy("lock")
    private void advance(ServedPosition to) {
        if (cluster == null) {
            cluster = readCluster();
        }
        if (cluster != null) {
            position = to;
        }
    }

    private @Nullable ServedCluster readCluster() {
        try {
            return DirectoryRecovery.newestCluster(layout).orElse(null);
        } catch (IOException e) {
            throw cannotRead(e);
        }
    }

    private ServedCluster cluster() {
        return requireNonNull(cluster, "no position yet");
    }

    @Override
    public Registration wakeOnChange(Latch latch) {
        return shared.wakeOnChange(latch);
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
        return directory.readHistory(timeline);
    }

    @Override
    public ServedSegment open(TimelineId timeline, long segmentNumber) {
        SegmentName name = new SegmentName(timeline, segmentNumber);
        ServedCluster of = cluster();
        String fileName = name.fileName(of.identity().segmentSize());
        try {
            // Finished, unfinished, or finished in between.
            ServedSegment segment = openFile(fileName, name, of);
            segment = segment == null ? openPartial(fileName + WalFileName.PARTIAL, name, of) : segment;
            segment = segment == null ? openFile(fileName, name, of) : segment;
            if (segment == null) {
                throw ServedFile.removed(name, of);
            }
            return segment;
        } catch (IOException e) {
            throw StorageFailure.describe("could not open file \"" + layout.file(fileName) + "\"", e);
        }
    }

    private @Nullable ServedSegment openFile(String fileName, SegmentName name, ServedCluster of) throws IOException {
        WalFile file = openIfThere(layout.file(fileName));
        return file == null
                ? null
                : ServedFile.take(file, name, of, of.identity().segmentSize().bytes(), () -> false, false);
    }

    private @Nullable ServedSegment openPartial(String fileName, SegmentName name, ServedCluster of)
            throws IOException {
        int rewrites = layout.rewrites();
        BooleanSupplier replaced = () -> layout.rewrites() != rewrites;
        WalFile file = openIfThere(layout.file(fileName));
        if (file == null || file.size() == 0) {
            if (file != null) {
                file.close();
            }
            return null;
        }
        return ServedFile.take(file, name, of, sendable(name), replaced, false);
    }

    private @Nullable WalFile openIfThere(Path path) throws IOException {
        try {
            return layout.regular(path).isEmpty() ? null : layout.fileSystem.openForReading(path);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Returns how many bytes of the segment may be sent, at least. */
    private long sendable(SegmentName name) {
        ServedPosition upto = position();
        Lsn start = name.start(segmentSize());
        if (upto == null
                || !upto.timeline().equals(name.timeline())
                || upto.flushedUpto().isBefore(start)) {
            return 0;
        }
        return upto.flushedUpto().minus(start);
    }

    @Override
    public Optional<Long> oldestSegment() {
        ServedPosition upto = position();
        if (upto == null) {
            return Optional.empty();
        }
        TimelineHistory history = history(upto.timeline())
                .map(content -> TimelineHistory.parse(upto.timeline(), ByteBuffer.wrap(content)))
                .orElseGet(() -> TimelineHistory.withoutParents(upto.timeline()));
        SegmentSize size = segmentSize();
        try {
            Set<Long> there = layout.segments().stream()
                    .filter(WalFileName::isPlain)
                    .flatMap(file -> file.segmentName(size).stream())
                    .filter(name -> history.contains(name.timeline()))
                    .map(SegmentName::segmentNumber)
                    .collect(Collectors.toSet());
            return SegmentRun.oldest(there, upto.flushedUpto(), size);
        } catch (IOException e) {
            throw cannotRead(e);
        }
    }

    private StorageException cannotRead(IOException e) {
        return StorageFailure.describe("could not read directory \"" + layout.directory + "\"", e);
    }
}
