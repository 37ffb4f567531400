// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes the WAL of one timeline, from a segment start on, into segment files.
 *
 * <p><b>What is promised.</b> A position that {@link #flush} or {@link #flushed} returned is on disk: every byte below it,
 * and the names of the files they are in. To that end each segment goes this way, and the next one does not get a name in
 * the directory before the last step of the one before it:
 *
 * <ol>
 *   <li>made under {@code .walcast}, filled with zeros to its full size, synced;
 *   <li>renamed to {@code NAME.partial}, the directory synced, before the first of its bytes counts as flushed;
 *   <li>when it is full: synced, renamed to {@code NAME}, the directory synced.
 * </ol>
 *
 * <p>So a directory never shows a segment whose predecessor is unfinished, whoever opens it after a crash; and a
 * write that a crash undid can only show as zeros, see {@link StoredBytes}. While the predecessor is being
 * synced, the bytes of the next one go to its file under {@code .walcast}, as {@code NAME.next}; if the process dies then,
 * the next one finds them there.
 *
 * <p><b>Restart in an unfinished segment.</b> Streaming begins at the segment's start again. The bytes that are there are
 * compared with the stream and not rewritten; what a crash undid is written; where they contradict, the append is refused.
 *
 * <p><b>Failure.</b> A full disk is a pause: {@link #append} returns false. Any other failure, above all of a sync, ends the
 * writer and its directory: every later call throws the same {@link StorageException}.
 *
 * <p>Threading: {@link #append} by one receiver thread, {@link #flush} by a flusher thread at the same time,
 * {@link #prepareNext} by a third one, the positions by any. {@link #close} after these have stopped. None of the threads may
 * be interrupted: it would close the files.
 */
public final class SegmentWriter implements AutoCloseable {
    private final DirectoryLayout layout;
    private final StorageFailure failure;
    private final SegmentOpener opener;
    private final SegmentSize size;
    private final TimelineId timeline;
    private final Runnable onClose;

    /** Between the receiver and the files if these are compressed, else null. */
    private final @Nullable CompressionQueue queue;

    private final SegmentReserve reserve;
    private final ReentrantLock lock;
    private final ReentrantLock flushLock = new ReentrantLock();

    /** The segments not finished yet, oldest first; the last one is being appended to. */
    @GuardedBy("lock")
    private final ArrayDeque<SegmentFile> unfinished = new ArrayDeque<>();

    /** The segment being appended to; null at a segment end. Receiver thread only. */
    private @Nullable SegmentFile current;

    /** Written by the thread that closes, read by all. */
    private volatile boolean closed;

    /** Written by the flusher thread, read by all. */
    private volatile boolean outOfRoom;

    /** Written by the receiver thread, read by all. */
    private volatile long written;

    /** Written by the flusher thread, read by all. */
    private volatile long flushed;

    SegmentWriter(
            DirectoryLayout layout,
            StorageFailure failure,
            SegmentOpener opener,
            SegmentSize size,
            StreamStart start,
            ReentrantLock lock,
            Runnable onClose) {
        this.layout = layout;
        this.failure = failure;
        this.opener = opener;
        this.size = size;
        this.timeline = start.timeline();
        this.lock = lock;
        this.reserve = new SegmentReserve(lock, failure);
        this.onClose = onClose;
        this.queue = layout.compression == null
                ? null
                : new CompressionQueue(layout.compression.newCompressor(), start.lsn());
        this.written = start.lsn().value();
        this.flushed = start.lsn().value();
    }

    /** Returns the timeline that is written. */
    public TimelineId timeline() {
        return timeline;
    }

    /**
     * Receiver thread: writes {@code payload} at {@link #position}, across segment ends if need be, and consumes what it
     * has written. May be lost until {@link #flush}. One system call and no allocation, but at a segment end: there it may
     * wait until the next segment's file is full of durable zeros, whoever makes it, which on a slow disk takes seconds. A
     * caller that measures the silence of its peer begins anew after such a call.
     *
     * @return false if the disk is full; the rest of {@code payload} is to be given again later
     * @throws StorageException if the storage has failed; it has for good
     * @throws RefusedException if other bytes are stored here already; nothing was changed
     */
    public boolean append(ByteBuffer payload) {
        requireOpen();
        try {
            while (payload.hasRemaining()) {
                SegmentFile segment = current;
                if (segment == null) {
                    segment = nextSegment();
                    current = segment;
                }
                appendTo(segment, payload);
            }
            return true;
        } catch (DiskFullException e) {
            return false;
        } catch (IOException e) {
            throw failure.fail("could not write WAL at " + written(), e);
        } catch (Error e) {
            failure.fail("could not write WAL at " + written(), e);
            throw e;
        }
    }

    private void appendTo(SegmentFile segment, ByteBuffer payload) throws IOException {
        long at = written;
        int offset = (int) (at - segment.start);
        int limit = payload.limit();
        int before = payload.position();
        payload.limit(before + Math.min(segment.alike(offset), payload.remaining()));
        try {
            put(segment, payload, offset);
        } finally {
            payload.limit(limit);
            advance(segment, at + payload.position() - before);
        }
    }

    private void put(SegmentFile segment, ByteBuffer payload, int offset) throws IOException {
        segment.compare(payload, offset);
        if (queue != null && segment.alreadyFinished) {
            queue.skip(payload.remaining());
        }
        if (segment.stored != null && segment.stored.end() > offset) {
            segment.stored.merge(payload, offset, new Lsn(segment.start + offset));
        } else if (segment.alreadyFinished) {
            payload.position(payload.limit());
        } else if (queue != null) {
            queue.write(payload);
        } else {
            segment.file.write(payload, offset);
        }
    }

    private void advance(SegmentFile segment, long position) {
        if (position == segment.end) {
            current = null;
        }
        written = position;
    }

    /** Returns the file for the bytes at the current position, a segment start. */
    private SegmentFile nextSegment() throws IOException {
        SegmentName name = SegmentName.containing(timeline, written(), size);
        SegmentFile segment = reserve.beginToTake(name);
        try {
            segment = segment == null ? opener.openExisting(name) : segment;
            segment = segment == null ? opener.create(name) : segment;
            add(segment);
            if (queue != null && !segment.alreadyFinished) {
                queue.add(segment);
            }
            return segment;
        } finally {
            reserve.endToTake();
        }
    }

    private void add(SegmentFile segment) throws IOException {
        lock.lock();
        try {
            unfinished.addLast(segment);
            publishOldest(flushed);
            Path ahead = layout.ahead(segment.fileName);
            if (segment.path().startsWith(layout.own) && !segment.path().equals(ahead)) {
                move(segment, ahead);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Gives the oldest unfinished segment, durable up to {@code upto}, its name in the directory, if it has none yet. */
    @GuardedBy("lock")
    private void publishOldest(long upto) throws IOException {
        SegmentFile oldest = unfinished.peekFirst();
        if (oldest != null && oldest.path().startsWith(layout.own) && !oldest.mustWait(upto)) {
            move(oldest, layout.file(opener.partial(oldest.name)));
        }
    }

    @GuardedBy("lock")
    private void move(SegmentFile segment, Path target) throws IOException {
        layout.rename(segment.path(), target);
        segment.moved(target);
    }

    /**
     * Receiver thread: compares {@code payload}, which begins at {@code at}, with what is stored from there to
     * {@link #written}. Segments that were finished and taken away are passed over, compressed ones too. Changes nothing, not even the
     * payload's position.
     *
     * @throws RefusedException if other bytes are stored
     */
    public void requireSame(Lsn at, ByteBuffer payload) {
        flushLock.lock(); // no segment is finished meanwhile
        try {
            failure.check();
            long stored = Math.min(payload.remaining(), written().minus(at));
            ByteBuffer overlap = payload.slice(payload.position(), (int) stored);
            SegmentName name = SegmentName.containing(timeline, at, size);
            for (Lsn from = at; overlap.hasRemaining(); name = name.next()) {
                int length = Math.min(overlap.remaining(), size.bytes() - size.offset(from));
                requireSameIn(name, from, overlap.slice(overlap.position(), length));
                overlap.position(overlap.position() + length);
                from = from.plus(length);
            }
        } catch (IOException e) {
            throw StorageFailure.describe("could not read WAL at " + at, e);
        } finally {
            flushLock.unlock();
        }
    }

    private void requireSameIn(SegmentName name, Lsn at, ByteBuffer expected) throws IOException {
        if (queue != null) {
            return;
        }
        SegmentFile open = unfinished(name);
        if (open != null) {
            StoredBytes.requireSame(open.file, size, expected, at);
        } else {
            opener.requireSame(name, at, expected);
        }
    }

    private @Nullable SegmentFile unfinished(SegmentName name) {
        lock.lock();
        try {
            return unfinished.stream()
                    .filter(segment -> segment.name.equals(name))
                    .findFirst()
                    .orElse(null);
        } finally {
            lock.unlock();
        }
    }

    /** Returns where the next byte goes. */
    public Lsn position() {
        return written();
    }

    /** Returns the position up to which bytes have been written. */
    public Lsn written() {
        return new Lsn(written);
    }

    /** Returns the position up to which bytes are durable. It never goes back. */
    public Lsn flushed() {
        return new Lsn(flushed);
    }

    /** Returns whether the last {@link #flush} did not get all to the disk because that is full: to be called again later. */
    public boolean isOutOfRoom() {
        return outOfRoom;
    }

    /**
     * Makes durable what had been written when the call began, and finishes the segments that are full. Compressed segments
     * may not fit the disk: the rest waits then, and nothing has failed.
     *
     * @return the position up to which bytes are durable now
     * @throws StorageException if that failed, now or earlier; it has for good
     */
    public Lsn flush() {
        requireOpen();
        return flushWritten();
    }

    private Lsn flushWritten() {
        flushLock.lock();
        try {
            failure.check();
            flushUpTo(written);
            failure.check();
            return flushed();
        } catch (IOException e) {
            throw failure.fail("could not sync WAL after " + flushed(), e);
        } catch (Error e) {
            failure.fail("could not sync WAL after " + flushed(), e);
            throw e;
        } finally {
            flushLock.unlock();
        }
    }

    private void flushUpTo(long target) throws IOException {
        while (flushed != target) {
            SegmentFile segment = oldest();
            long end = Long.compareUnsigned(segment.end, target) <= 0 ? segment.end : target;
            if (!segment.alreadyFinished && !flush(segment, end)) {
                return;
            }
            if (end == segment.end) {
                removeOldest(segment);
            }
            flushed = end;
        }
    }

    /** Returns whether there was room. */
    private boolean flush(SegmentFile segment, long end) throws IOException {
        if (!writeOut(segment, end)) {
            return false;
        }
        syncName(segment);
        layout.force(segment.file);
        if (segment.path().startsWith(layout.own)) {
            publish(end);
            syncName(segment);
        }
        if (end == segment.end) {
            segment.file.close();
            layout.rename(segment.path(), layout.file(segment.fileName));
            layout.syncDirectory(layout.directory);
        }
        return true;
    }

    private boolean writeOut(SegmentFile segment, long end) throws IOException {
        try {
            if (queue != null) {
                queue.writeOut(segment, end);
            }
            outOfRoom = false;
            return true;
        } catch (DiskFullException e) {
            outOfRoom = true;
            return false;
        }
    }

    private void syncName(SegmentFile segment) throws IOException {
        if (!segment.isNameDurable() && !segment.path().startsWith(layout.own)) {
            layout.syncDirectory(layout.directory);
            segment.nameIsDurable();
        }
    }

    private void publish(long upto) throws IOException {
        lock.lock();
        try {
            publishOldest(upto);
        } finally {
            lock.unlock();
        }
    }

    private SegmentFile oldest() {
        lock.lock();
        try {
            return unfinished.getFirst();
        } finally {
            lock.unlock();
        }
    }

    private void removeOldest(SegmentFile finished) throws IOException {
        if (finished.alreadyFinished) {
            finished.file.close();
        }
        lock.lock();
        try {
            unfinished.removeFirst();
            publishOldest(flushed);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns whether {@link #prepareNext} is worth a call now: the current segment is more than half full, or there is a piece to
     * be compressed.
     */
    public boolean wantsPrepare() {
        if (queue != null) {
            return queue.wantsTurn() && !failure.happened();
        }
        lock.lock();
        try {
            return toPrepare() != null;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private @Nullable SegmentName toPrepare() {
        SegmentFile last = unfinished.peekLast();
        if (last == null || closed || failure.happened()) {
            return null;
        }
        SegmentName next = last.name.next();
        boolean halfFull = written - last.start > size.bytes() / 2;
        return halfFull && reserve.wants(next) ? next : null;
    }

    /**
     * Makes the file of the next segment beforehand, if it is wanted, so that {@link #append} finds it at the segment end; or
     * compresses what was appended. A full disk is no failure here; the append will meet it.
     *
     * @throws StorageException if the storage has failed, now or earlier
     */
    public void prepareNext() {
        requireOpen();
        if (queue != null) {
            compress(queue);
            return;
        }
        SegmentName next = beginToPrepare();
        if (next == null) {
            return;
        }
        SegmentFile prepared = null;
        try {
            prepared = opener.createIfMissing(next);
        } catch (IOException e) {
            throw failure.fail("could not make a WAL segment beforehand", e);
        } catch (Error e) {
            failure.fail("could not make a WAL segment beforehand", e);
            throw e;
        } finally {
            reserve.endToPrepare(next, prepared);
        }
    }

    private void compress(CompressionQueue pieces) {
        try {
            pieces.turn();
        } catch (IOException e) {
            throw failure.fail("could not write compressed WAL", e);
        } catch (Error e) {
            failure.fail("could not write compressed WAL", e);
            throw e;
        }
    }

    private @Nullable SegmentName beginToPrepare() {
        lock.lock();
        try {
            SegmentName next = toPrepare();
            if (next != null) {
                reserve.beginToPrepare(next);
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Flushes everything, leaves the unfinished segment as {@code .partial} and closes the files. After a failure it only
     * closes the files. Once it has returned, or thrown, the directory can open segments again, unless it has failed.
     *
     * @throws StorageException if the flush failed
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        boolean failedBefore = failure.happened();
        try {
            if (!failedBefore) {
                flushWritten();
                finishPartial();
                removeReserve();
            }
        } finally {
            closeFiles();
            onClose.run();
        }
        if (!failedBefore) {
            failure.check();
        }
    }

    /** Ends the compressed file of the unfinished segment in good order: a courtesy, all is durable without. */
    private void finishPartial() {
        SegmentFile last = lastUnfinished();
        if (queue == null || last == null || last.alreadyFinished || !last.isNameDurable()) {
            return;
        }
        try {
            queue.finishPartial(last);
            layout.force(last.file);
        } catch (DiskFullException e) {
            // then without
        } catch (IOException e) {
            throw failure.fail("could not end WAL segment " + last.fileName, e);
        }
    }

    private @Nullable SegmentFile lastUnfinished() {
        lock.lock();
        try {
            return unfinished.peekLast();
        } finally {
            lock.unlock();
        }
    }

    private void removeReserve() {
        try {
            reserve.remove(layout.fileSystem);
        } catch (IOException e) {
            throw failure.fail("could not remove a spare WAL segment", e);
        }
    }

    private void closeFiles() {
        lock.lock();
        try {
            for (SegmentFile segment : unfinished) {
                close(segment);
            }
            unfinished.clear();
            reserve.closeQuietly();
            if (queue != null) {
                queue.close();
            }
        } finally {
            lock.unlock();
        }
    }

    private void close(SegmentFile segment) {
        try {
            segment.closeEarlier();
            segment.file.close();
            if (failure.happened() || segment.alreadyFinished) {
                return;
            }
            if (segment.isNameDurable()) {
                opener.trust(segment.name);
            } else if (queue != null && segment.path().startsWith(layout.own)) {
                layout.fileSystem.delete(segment.path()); // nothing was acknowledged by it
            }
        } catch (IOException e) {
            failure.fail("could not close WAL segment " + segment.fileName, e);
        }
    }

    private void requireOpen() {
        failure.check();
        if (closed) {
            throw new IllegalStateException("the segment writer is closed");
        }
    }
}
