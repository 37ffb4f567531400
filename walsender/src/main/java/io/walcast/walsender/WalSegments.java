// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.core.storage.ServedPosition;
import io.walcast.core.storage.ServedSegment;
import io.walcast.core.storage.ServedWal;
import io.walcast.ipc.AgentThreads;
import io.walcast.ipc.Clock;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments that are open for sending, shared by all streams of a service ({@code XLogReaderState}'s file, for many).
 *
 * <p>A stream is called on an event loop, which must not wait for a disk. So files are opened on a small pool, and what may
 * not be in the page cache is read there first, a piece ahead of where it is needed, once for everybody; see
 * {@link WalSndReadAhead}. A file stays open while a chunk of it is on lease, even if its name is gone by then, and for a
 * while after.
 *
 * <p>Threading: any thread.
 */
public final class WalSegments implements AutoCloseable {
    private static final Logger logger = LoggerFactory.getLogger(WalSegments.class);
    private static final long IDLE_NS = TimeUnit.MINUTES.toNanos(1);
    private static final long GRACE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long SWEEP_SECONDS = 10;
    private static final float LOAD_FACTOR = 0.75f;

    private final ServedWal wal;
    private final Clock clock;
    private final WalSegmentsOptions options;
    private final SharedBlocks blocks;
    private final ThreadPoolExecutor pool;
    private final ScheduledThreadPoolExecutor sweeper;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<SegmentName, OpenSegment> open = new LinkedHashMap<>(16, LOAD_FACTOR, true);

    /** Where the WAL ended when this began: what came after it has just been written. */
    @GuardedBy("lock")
    private @Nullable Lsn cold;

    @GuardedBy("lock")
    private boolean closed;

    /** Opens nothing yet. */
    public WalSegments(ServedWal wal, Clock clock, WalSegmentsOptions options) {
        this.wal = requireNonNull(wal, "wal");
        this.clock = requireNonNull(clock, "clock");
        this.options = requireNonNull(options, "options");
        blocks = new SharedBlocks(options.sharedBlocks());
        // Apart from each other: a pool with a timer wakes two threads for each task.
        pool = new ThreadPoolExecutor(
                options.ioThreads(),
                options.ioThreads(),
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new AgentThreads("walsender-io"));
        sweeper = new ScheduledThreadPoolExecutor(1, new AgentThreads("walsender-sweep"));
        sweeper.scheduleWithFixedDelay(this::closeIdle, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
        ServedPosition position = wal.position();
        cold = position == null ? null : position.flushedUpto();
    }

    /** Returns a reader for one stream. */
    public WalSndReader reader() {
        return new WalSndReader(this);
    }

    SegmentSize segmentSize() {
        return wal.segmentSize();
    }

    PgTimestamp now() {
        return clock.now();
    }

    SharedBlocks blocks() {
        return blocks;
    }

    /**
     * Returns the segment, on lease, if {@code length} bytes from {@code start} on can be sent from it without waiting for the
     * disk; else null, and {@code wait} is ended later. Has what comes next read ahead.
     */
    @Nullable
    OpenSegment lease(SegmentName name, Lsn start, int length, Lsn upto, WalSndWait wait) {
        ServedPosition position = wal.position();
        synchronized (lock) {
            if (closed) {
                return null;
            }
            OpenSegment segment = find(name);
            if (!segment.isOpen()) {
                segment.await(wait);
                return null;
            }
            SegmentSize size = wal.segmentSize();
            int offset = size.offset(start);
            long nowNs = clock.nanoTime();
            if (!isJustWritten(name, start, position)) {
                boolean warm = segment.readAhead.isWarm(wait.piece, offset + length, nowNs);
                boolean isCurrent = position != null && position.timeline().equals(name.timeline());
                readAhead(segment, wait.piece, warm, upto, nowNs, isCurrent);
                if (!warm) {
                    segment.await(wait);
                    return null;
                }
            }
            segment.lease();
            return segment;
        }
    }

    @GuardedBy("lock")
    private OpenSegment find(SegmentName name) {
        OpenSegment segment = open.get(name);
        if (segment != null && segment.isOpen() && segment.file().needReload()) {
            drop(segment);
            open.remove(name);
            segment = null;
        }
        if (segment == null) {
            closeOldest(1);
            segment = new OpenSegment(
                    name,
                    new WalSndReadAhead(
                            wal.segmentSize().bytes(), options.warmTime().toNanos()));
            open.put(name, segment);
            OpenSegment opening = segment;
            pool.execute(() -> open(opening));
        }
        return segment;
    }

    @GuardedBy("lock")
    private boolean isJustWritten(SegmentName name, Lsn start, @Nullable ServedPosition position) {
        if (position == null || !position.timeline().equals(name.timeline())) {
            return false;
        }
        Lsn end = position.flushedUpto();
        if (cold == null) {
            cold = end;
        }
        return !start.isBefore(cold) && end.minus(start) <= options.warmBytes();
    }

    /**
     * Has what is not in the cache read: the rest of the run that begins with that piece or before it, and once the stream need
     * not wait, the next one too; in the next segment only if that is surely of the same timeline.
     */
    @GuardedBy("lock")
    private void readAhead(OpenSegment segment, int piece, boolean warm, Lsn upto, long nowNs, boolean isCurrent) {
        int end = readRun(segment, piece, upto, nowNs);
        if (!warm) {
            return;
        }
        SegmentName next = segment.name.next();
        if (end < wal.segmentSize().bytes()) {
            readRun(segment, end / WalSndReadAhead.PIECE_BYTES, upto, nowNs);
        } else if (isCurrent && next.start(wal.segmentSize()).isBefore(upto)) {
            OpenSegment following = find(next);
            if (following.isOpen()) {
                readRun(following, 0, upto, nowNs);
            }
        }
    }

    /** Returns the end of the run. */
    @GuardedBy("lock")
    private int readRun(OpenSegment segment, int piece, Lsn upto, long nowNs) {
        SegmentSize size = wal.segmentSize();
        int endOfRun = Math.min(size.bytes(), WalSndReadAhead.endOfRun(piece));
        int limit = (int) Math.min(endOfRun, upto.minus(segment.name.start(size)));
        int from = piece * WalSndReadAhead.PIECE_BYTES;
        while (from < limit) {
            int begun = from;
            int end = segment.readAhead.begin(begun, limit, nowNs);
            if (end > begun) {
                segment.lease();
                pool.execute(() -> read(segment, begun, end));
            }
            from = Math.max(end, begun + WalSndReadAhead.PIECE_BYTES);
        }
        return endOfRun;
    }

    /** On the pool. */
    private void open(OpenSegment segment) {
        ServedSegment file = null;
        StorageException failure = null;
        try {
            file = wal.open(segment.name.timeline(), segment.name.segmentNumber());
        } catch (StorageException e) {
            failure = e;
        } catch (RuntimeException | Error e) { // whatever it is, the streams that wait must hear of it
            failure = new StorageException("could not open WAL segment " + fileName(segment), e);
        }
        List<WalSndWait> ended;
        ServedSegment unwanted = null;
        synchronized (lock) {
            if (file == null) {
                open.remove(segment.name, segment);
            } else if (segment.isDropped()) {
                unwanted = file;
            } else {
                segment.opened(file);
                segment.idleSinceNs = clock.nanoTime();
            }
            ended = segment.takeWaits();
        }
        close(unwanted);
        endAll(ended, failure);
    }

    /** On the pool; whoever waits for a piece goes on when that one is there. */
    private void read(OpenSegment segment, int from, int upto) {
        try {
            int at = from;
            while (at < upto) {
                int end = Math.min(upto, at + WalSndReadAhead.PIECE_BYTES);
                readPiece(segment, at, end);
                at = end;
            }
        } finally {
            release(segment);
        }
    }

    private void readPiece(OpenSegment segment, int from, int upto) {
        int piece = from / WalSndReadAhead.PIECE_BYTES;
        StorageException failure = null;
        try {
            int end = WalSndReadAhead.read(segment.file(), from, upto);
            if (end < upto) {
                failure = shortRead(segment, from, end - from, upto - from);
            }
        } catch (IOException e) {
            failure = readFailure(segment, from, e);
        } catch (RuntimeException | Error e) { // whatever it is, the streams that wait must hear of it
            failure = new StorageException("could not read from WAL segment " + fileName(segment), e);
        }
        List<WalSndWait> ended;
        synchronized (lock) {
            if (failure == null) {
                segment.readAhead.end(piece, upto, clock.nanoTime());
            } else {
                segment.readAhead.failed(piece);
            }
            ended = segment.takeWaits(piece);
        }
        endAll(ended, failure);
    }

    /** A stream that cannot be woken is no reason not to wake the others. */
    private static void endAll(List<WalSndWait> waits, @Nullable StorageException failure) {
        for (WalSndWait wait : waits) {
            try {
                wait.end(failure);
            } catch (RuntimeException | Error e) {
                logger.error("could not wake a stream", e);
            }
        }
    }

    StorageException readFailure(OpenSegment segment, int offset, IOException cause) {
        return new StorageException(
                "could not read from WAL segment %s, offset %d: %s"
                        .formatted(fileName(segment), offset, cause.getMessage()),
                cause);
    }

    StorageException shortRead(OpenSegment segment, int offset, int read, int wanted) {
        return new StorageException(
                SqlState.DATA_CORRUPTED,
                "could not read from WAL segment %s, offset %d: read %d of %d"
                        .formatted(fileName(segment), offset, read, wanted),
                null);
    }

    private String fileName(OpenSegment segment) {
        return segment.name.fileName(wal.segmentSize());
    }

    void release(OpenSegment segment) {
        ServedSegment unused;
        synchronized (lock) {
            unused = segment.release(clock.nanoTime());
        }
        closeLater(unused);
    }

    /** Takes the segments before {@code segmentNumber} out of use: their files are gone, or will be. */
    public void removed(long segmentNumber) {
        synchronized (lock) {
            dropIf(segment -> segment.name.segmentNumber() < segmentNumber);
        }
    }

    /** Returns how many segments are open, or being opened. */
    public int openSegments() {
        synchronized (lock) {
            return open.size();
        }
    }

    private void closeIdle() {
        synchronized (lock) {
            long nowNs = clock.nanoTime();
            dropIf(segment -> segment.isIdle() && nowNs - segment.idleSinceNs > IDLE_NS);
            closeOldest(0);
        }
    }

    /** Makes room for so many more. What is on lease stays, and what was used in the last second: its stream may be coming. */
    @GuardedBy("lock")
    private void closeOldest(int more) {
        long nowNs = clock.nanoTime();
        int all = open.size() + more;
        int temporary = more;
        for (OpenSegment segment : open.values()) {
            temporary += segment.isTemporary() ? 1 : 0;
        }
        for (Iterator<OpenSegment> oldest = open.values().iterator(); oldest.hasNext(); ) {
            OpenSegment segment = oldest.next();
            boolean tooMany =
                    all > options.openSegments() || (temporary > options.temporarySegments() && segment.isTemporary());
            if (tooMany && segment.isIdle() && nowNs - segment.idleSinceNs > GRACE_NS) {
                all--;
                temporary -= segment.isTemporary() ? 1 : 0;
                oldest.remove();
                drop(segment);
            }
        }
    }

    @GuardedBy("lock")
    private void dropIf(Predicate<OpenSegment> unwanted) {
        open.values().removeIf(segment -> {
            boolean drops = unwanted.test(segment);
            if (drops) {
                drop(segment);
            }
            return drops;
        });
    }

    private void drop(OpenSegment segment) {
        closeLater(segment.drop());
    }

    /** Closing the last descriptor of a file without a name frees its blocks: nothing for an event loop. */
    private void closeLater(@Nullable ServedSegment file) {
        if (file == null) {
            return;
        }
        try {
            pool.execute(() -> close(file));
        } catch (RejectedExecutionException e) {
            close(file); // the service has ended
        }
    }

    private static void close(@Nullable ServedSegment file) {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            // It was open for reading only: nothing is lost.
        }
    }

    /** Closes all files that are not on lease, and the others when they are given back. No stream is woken any more. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            dropIf(segment -> true);
        }
        sweeper.shutdown();
        pool.shutdown();
    }
}
