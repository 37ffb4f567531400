// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One receive directory: finished segments, the unfinished one, histories, and {@code .walcast} with what is ours alone.
 * Locked while it is open, against other processes and against a second opening in this one.
 *
 * <p>Opening it brings it in order, see {@link DirectoryRecovery}: above all the unfinished segment is written again to a new
 * file, so that nothing is acknowledged which an earlier process only believed to be on disk.
 *
 * <p>Every method throws {@link StorageException} when the disk fails. A failed sync ends the storage: nothing can be
 * written any more through this object. A full disk does not; where it is told by an exception, that has SQLSTATE 53100 and
 * the call may be repeated.
 *
 * <p>Threading: any thread, but not two at a time, except where a method says so; {@link SegmentWriter} has rules of its own.
 */
public final class WalDirectory implements AutoCloseable {
    private final DirectoryLayout layout;
    private final Closeable lock;
    private final StorageFailure failure = new StorageFailure();
    private final Set<String> trustedPartials = ConcurrentHashMap.newKeySet();
    private final StoredHistories histories;
    private final StoredIdentity identity;
    private final StreamStartFinder positions;
    private final SegmentRemoval removal;

    private final Object writerLock = new Object();

    @GuardedBy("writerLock")
    private @Nullable SegmentWriter writer;

    @GuardedBy("writerLock")
    private boolean closed;

    private WalDirectory(DirectoryLayout layout, Closeable lock) {
        this.layout = layout;
        this.lock = lock;
        this.histories = new StoredHistories(layout, failure);
        this.identity = new StoredIdentity(layout, failure);
        this.positions = new StreamStartFinder(layout);
        this.removal = new SegmentRemoval(layout, failure);
    }

    /** Opens {@code directory} on the real file system. */
    public static WalDirectory open(Path directory, WalDirectoryOptions options) {
        return open(new PosixFileSystem(), directory, options);
    }

    /**
     * Opens {@code directory} and brings it in order.
     *
     * @throws RefusedException with 55006 if somebody else has it open
     * @throws StorageException with 53100 if there is no room to write the unfinished segment again (nothing has changed
     *     then, and it may be tried again); 42501 if there is a link where a file should be; else if the disk fails
     */
    public static WalDirectory open(WalFileSystem fileSystem, Path directory, WalDirectoryOptions options) {
        DirectoryLayout layout = new DirectoryLayout(fileSystem, directory, options);
        String what = "could not open directory \"" + directory + "\"";
        try {
            DirectoryOwnership.makeDirectories(layout, options.create());
            Closeable lock = DirectoryOwnership.lock(layout);
            boolean opened = false;
            try {
                WalDirectory wal = new WalDirectory(layout, lock);
                wal.trustedPartials.addAll(new DirectoryRecovery(layout).run());
                wal.removal.resume();
                opened = true;
                return wal;
            } finally {
                if (!opened) {
                    lock.close();
                }
            }
        } catch (IOException e) {
            throw StorageFailure.describe(what, e);
        }
    }

    /** Returns the directory. */
    public Path path() {
        return layout.directory;
    }

    /** Returns which file is where, for who reads while a receiver writes. */
    DirectoryLayout layout() {
        return layout;
    }

    /** Returns where the WAL ends that may be offered before anything is received, see {@link StoredPosition}. */
    Optional<ServedPosition> storedPosition(SegmentSize size) {
        try {
            return new StoredPosition(layout, positions, histories, size).find();
        } catch (IOException e) {
            throw cannotRead(e);
        }
    }

    /** Sets whether the group may read the files made from now on, as {@code SHOW data_directory_mode} demands. */
    public void setGroupAccess(boolean groupAccess) {
        layout.setMode(groupAccess ? FileMode.GROUP_READ : FileMode.OWNER);
    }

    /**
     * Returns where streaming has to go on, found as {@code FindStreamingStart} does: the newest segment if it is
     * unfinished, else the one after it. Empty if the directory has no WAL. Finished segments of a wrong size are skipped
     * with a warning.
     */
    public Optional<StreamStart> streamStart(SegmentSize size) {
        try {
            return positions.streamStart(size);
        } catch (IOException e) {
            throw cannotRead(e);
        }
    }

    /**
     * Returns the identity of the cluster the newest segment came from; if no segment tells, the one given to
     * {@link #rememberIdentity}; else empty.
     *
     * @throws StorageException with XX001 if that is damaged
     */
    public Optional<SystemIdentifier> systemIdentifier() {
        return identity().map(ClusterIdentity::systemIdentifier);
    }

    /**
     * Returns the segment size that the newest segment tells; if none does, the one given to {@link #rememberIdentity}; else
     * empty.
     *
     * @throws StorageException with XX001 if that is damaged
     */
    public Optional<SegmentSize> segmentSize() {
        return identity().map(ClusterIdentity::segmentSize);
    }

    /**
     * Remembers which cluster the WAL here comes from, for the time when an archiver has taken every segment away. It is
     * durable when this returns. The same again changes nothing.
     *
     * @throws RefusedException with 55000 if the directory belongs to another cluster, or to one with other segments
     * @throws StorageException with XX001 if what was remembered is damaged; 53100 if the disk is full
     */
    public void rememberIdentity(SystemIdentifier systemIdentifier, SegmentSize segmentSize) {
        identity.remember(
                new ClusterIdentity(systemIdentifier, segmentSize),
                newestHeader().orElse(null));
    }

    private Optional<ClusterIdentity> identity() {
        Optional<ClusterIdentity> told = newestHeader();
        try {
            return told.isPresent() ? told : identity.read();
        } catch (IOException e) {
            throw cannotRead(e);
        }
    }

    private Optional<ClusterIdentity> newestHeader() {
        try {
            return DirectoryRecovery.newestHeader(layout);
        } catch (IOException e) {
            throw cannotRead(e);
        }
    }

    /**
     * Returns the position after the last byte that is not zero in the newest segment of {@code timeline}; the end of that
     * segment if it is finished; 0/0 if there is none.
     */
    public Lsn storedEnd(TimelineId timeline, SegmentSize size) {
        try {
            return positions.storedEnd(timeline, size);
        } catch (IOException e) {
            throw cannotRead(e);
        }
    }

    /**
     * Returns the end of the last whole, valid record in the newest segment of {@code timeline} in which a record begins. The
     * end of all stored bytes if no record can be found, so that nothing is taken for less than it is; 0/0 if there is no
     * segment.
     */
    public Lsn endOfWal(TimelineId timeline, SegmentSize size) {
        try {
            return positions.endOfWal(timeline, size);
        } catch (IOException e) {
            throw cannotRead(e);
        }
    }

    /** Returns a source of the WAL stored here, as {@code timeline} sees it; to be closed. */
    public DirectoryPageSource pages(TimelineId timeline, SegmentSize size) {
        return new DirectoryPageSource(layout, timeline, size);
    }

    /** Returns a reader of what is received on {@code timeline} while it is; to be closed. */
    public ReceivedPages receivedPages(TimelineId timeline, SegmentSize size) {
        return new ReceivedPages(layout, timeline, size);
    }

    /** Returns whether the history file of {@code timeline} is here. An empty file is none. */
    public boolean hasHistory(TimelineId timeline) {
        return histories.has(timeline);
    }

    /**
     * Returns the content of the history file of {@code timeline}, or empty if it is not here.
     *
     * @throws StorageException with 54000 if it is too large to be one
     */
    public Optional<byte[]> readHistory(TimelineId timeline) {
        return histories.read(timeline);
    }

    /**
     * Stores the history file of {@code timeline}. It is durable when this returns. The same content again changes nothing.
     *
     * @throws RefusedException with 55000 if there is one with another content
     * @throws StorageException with 53100 if the disk is full; this may be tried again
     */
    public void writeHistory(TimelineId timeline, byte[] content) {
        histories.write(timeline, content);
    }

    /**
     * Begins to write the WAL of {@code timeline} at {@code start}. One writer at a time. No file is touched before the first
     * append.
     *
     * @throws IllegalArgumentException if {@code start} is not the start of a segment
     * @throws RefusedException with XX001 if the directory holds segments of another size
     */
    public SegmentWriter openSegments(SegmentSize size, TimelineId timeline, Lsn start) {
        if (size.offset(start) != 0) {
            throw new IllegalArgumentException("start: " + start + " (expected: the start of a segment)");
        }
        failure.check();
        Optional<SegmentSize> found = segmentSize();
        if (found.isPresent() && !found.get().equals(size)) {
            throw new RefusedException(
                    SqlState.DATA_CORRUPTED,
                    "incorrect segment size in page header: %s (the stream has %s)".formatted(found.get(), size));
        }
        synchronized (writerLock) {
            if (closed || writer != null) {
                throw new IllegalStateException(closed ? "the directory is closed" : "a segment writer is open");
            }
            writer = new SegmentWriter(
                    layout,
                    failure,
                    new SegmentOpener(layout, size, trustedPartials),
                    size,
                    new StreamStart(timeline, start),
                    new ReentrantLock(),
                    this::writerClosed);
            return writer;
        }
    }

    private void writerClosed() {
        synchronized (writerLock) {
            writer = null;
        }
    }

    /**
     * Removes the segments before {@code segmentNumber}, of {@code timeline} and those before it, oldest first; they are gone for
     * good when this returns. A crash leaves a range without holes. The newest segment stays, history files stay, and so does
     * what {@code archive_status} says is not archived yet, with all after it. May run beside any other call.
     *
     * @throws StorageException with 53100 if the disk is full; this may be tried again
     */
    public void removeSegmentsBefore(TimelineId timeline, long segmentNumber, SegmentSize size) {
        removal.removeBefore(timeline, segmentNumber, size);
    }

    /** Returns the number of the last segment that {@link #removeSegmentsBefore} has removed, 0 if none was. */
    public long lastRemovedSegment() {
        return removal.lastRemoved();
    }

    /** Closes the writer, if one is open, and gives up the lock. */
    @Override
    public void close() {
        SegmentWriter open;
        synchronized (writerLock) {
            if (closed) {
                return;
            }
            closed = true;
            open = writer;
        }
        try {
            if (open != null) {
                open.close();
            }
        } finally {
            unlock();
        }
    }

    private void unlock() {
        try {
            lock.close();
        } catch (IOException e) {
            throw StorageFailure.describe("could not unlock directory \"" + path() + "\"", e);
        }
    }

    private StorageException cannotRead(IOException e) {
        return StorageFailure.describe("could not read directory \"" + path() + "\"", e);
    }
}
