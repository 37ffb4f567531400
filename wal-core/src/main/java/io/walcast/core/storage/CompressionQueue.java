// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.Lsn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What was received and is not compressed yet: a ring of fixed size between the receiver thread, which copies into it, and
 * whoever compresses out of it into the files of the segments, oldest first: the thread that prepares, as soon as there is a
 * piece worth the while; the flusher, all there is; and the receiver itself when the ring is full.
 *
 * <p>A full disk keeps everything as it is: what is compressed and not written yet stays in its buffer, and the next who
 * comes by goes on there.
 *
 * <p>Threading: {@link #write} by the receiver thread, the rest by any. The positions are LSNs.
 */
final class CompressionQueue implements AutoCloseable {
    private static final int RING_BYTES = 1 << 20;
    private static final int TURN_BYTES = 64 * 1024;

    private final SegmentCompressor compressor;
    private final ByteBuffer ring = ByteBuffer.allocateDirect(RING_BYTES);

    /** Fair, so that a receiver that waits for room gets it after one turn. */
    private final ReentrantLock lock = new ReentrantLock(true);

    @GuardedBy("lock")
    private final ByteBuffer ringForReading = ring.duplicate();

    /** What is compressed and not in the file yet, up to the position. */
    @GuardedBy("lock")
    private final ByteBuffer out = ByteBuffer.allocateDirect(2 * SegmentCompressor.ROOM_BYTES);

    /** The segments whose files are not complete, oldest first. */
    @GuardedBy("lock")
    private final ArrayDeque<SegmentFile> segments = new ArrayDeque<>();

    /** Whether the first segment's file has been begun. */
    @GuardedBy("lock")
    private boolean begun;

    /** Whether the end of the first segment's file is compressed; it need not be written yet. */
    @GuardedBy("lock")
    private boolean ended;

    /** How often the first segment's file was flushed. */
    @GuardedBy("lock")
    private int flushes;

    /** Where in the file of the first segment the bytes of {@link #out} go. */
    @GuardedBy("lock")
    private long fileAt;

    /** Up to here everything is in the files and can be decompressed. */
    @GuardedBy("lock")
    private long boundary;

    /** Written by the receiver thread. */
    private volatile long appended;

    /** Written under the lock, read by all. */
    private volatile long compressed;

    CompressionQueue(SegmentCompressor compressor, Lsn start) {
        this.compressor = compressor;
        this.appended = start.value();
        this.compressed = start.value();
        this.boundary = start.value();
    }

    /** Takes a segment whose file is empty; the next byte to be written is its first. */
    void add(SegmentFile segment) {
        lock.lock();
        try {
            segments.addLast(segment);
        } finally {
            lock.unlock();
        }
    }

    /** Passes over bytes that have their file already. */
    void skip(int bytes) throws IOException {
        lock.lock();
        try {
            while (!segments.isEmpty()) {
                compressSome();
            }
            long skipped = appended + bytes;
            appended = skipped;
            compressed = skipped;
            boundary = skipped;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Consumes all of {@code payload}, which belongs at the end of what was written before.
     *
     * @throws DiskFullException if the ring is full and the disk is; the rest of {@code payload} is to be given again later
     */
    void write(ByteBuffer payload) throws IOException {
        int limit = payload.limit();
        while (payload.hasRemaining()) {
            long at = appended;
            int index = index(at);
            long room = Math.min(RING_BYTES - (at - compressed), RING_BYTES - index);
            if (room == 0) {
                makeRoom();
                continue;
            }
            int bytes = (int) Math.min(room, payload.remaining());
            ring.position(index).put(payload.limit(payload.position() + bytes));
            payload.limit(limit);
            appended = at + bytes;
        }
    }

    private static int index(long at) {
        return (int) (at & (RING_BYTES - 1));
    }

    private void makeRoom() throws IOException {
        lock.lock();
        try {
            if (appended - compressed == RING_BYTES) {
                compressSome();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether there is a piece to be compressed that is worth the while. */
    boolean wantsTurn() {
        return appended - compressed >= TURN_BYTES;
    }

    /** Compresses as long as it is worth the while. A full disk is no failure here; others will meet it. */
    void turn() throws IOException {
        try {
            while (wantsTurn()) {
                makeProgress();
            }
        } catch (DiskFullException e) {
            // whoever writes or flushes is told
        }
    }

    private void makeProgress() throws IOException {
        lock.lock();
        try {
            if (compressed != appended) {
                compressSome();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Brings what was written to {@code segment} before {@code end} into its file so that it can be decompressed; if that is the
     * segment's end, the file is complete.
     *
     * @throws DiskFullException if there is no room; to be called again
     */
    void writeOut(SegmentFile segment, long end) throws IOException {
        while (Long.compareUnsigned(compressed, end) < 0) {
            makeProgress();
        }
        lock.lock();
        try {
            if (segments.peekFirst() != segment) {
                return; // complete
            }
            if (compressed == segment.end) {
                finishFirst();
            } else if (Long.compareUnsigned(boundary, end) < 0) {
                flushFirst();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the file of an unfinished segment in good order, if all of it is there; nothing can follow. */
    void finishPartial(SegmentFile segment) throws IOException {
        lock.lock();
        try {
            if (segments.peekFirst() == segment && begun && boundary == appended) {
                finishFirst();
            }
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void compressSome() throws IOException {
        SegmentFile segment = segments.getFirst();
        if (compressed == segment.end) {
            finishFirst();
            return;
        }
        requireRoom();
        if (!begun) {
            compressor.begin(out);
            fileAt = 0;
            flushes = 0;
            ended = false;
            begun = true;
        }
        long at = compressed;
        int index = index(at);
        long most = Math.min(appended, segment.end) - at;
        int bytes = (int) Math.min(Math.min(most, TURN_BYTES), RING_BYTES - index);
        ringForReading.limit(index + bytes).position(index);
        compressor.compress(ringForReading, out);
        compressed = at + ringForReading.position() - index;
        if (compressed == segment.end) {
            finishFirst();
        }
    }

    @GuardedBy("lock")
    private void flushFirst() throws IOException {
        boolean whole = false;
        while (!whole) {
            requireRoom();
            whole = compressor.flush(out);
        }
        writeAll();
        // A patch may be tried again, but never replaces the one before it, whose bytes are durable by now.
        SegmentCompressor.Patch patch = compressor.patch(flushes + 1);
        if (patch != null) {
            segments.getFirst().file.write(patch.bytes(), patch.position());
        }
        flushes++;
        boundary = compressed;
    }

    @GuardedBy("lock")
    private void finishFirst() throws IOException {
        while (!ended) {
            requireRoom();
            ended = compressor.finish(out);
        }
        writeAll();
        segments.removeFirst();
        begun = false;
        boundary = compressed;
    }

    @GuardedBy("lock")
    private void requireRoom() throws IOException {
        if (out.remaining() < SegmentCompressor.ROOM_BYTES) {
            writeAll();
        }
    }

    @GuardedBy("lock")
    private void writeAll() throws IOException {
        out.flip();
        try {
            if (out.hasRemaining()) {
                segments.getFirst().file.write(out, fileAt);
            }
        } finally {
            fileAt += out.position();
            out.compact();
        }
    }

    /** Forgets what is not written, and frees the compressor. */
    @Override
    public void close() {
        lock.lock();
        try {
            compressor.close();
        } finally {
            lock.unlock();
        }
    }
}
