// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.net;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way to an output stream. As long as none has a latency they are written at once, by whoever writes; with
 * the first that has one a thread of the line's own begins.
 *
 * <p>Threading: one owner, who writes, drains and closes.
 */
final class DelayLine implements AutoCloseable {
    /** More than is on its way at 1 GB/s within a quarter of a second. */
    private static final long MOST_BYTES = 256L << 20;

    private final OutputStream out;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<Piece> underWay = new ArrayDeque<>();
    private @Nullable Thread thread;

    // Guarded by the lock.
    private long bytes;
    private @Nullable IOException failure;
    private boolean closed;

    DelayLine(OutputStream out) {
        this.out = out;
    }

    private record Piece(ByteBuffer bytes, long dueNs) {}

    /** Has these bytes arrive after {@code latency}, and not before those that were written earlier. */
    void write(byte[] from, int offset, int length, Duration latency) throws IOException, InterruptedException {
        if (thread == null && latency.isZero()) {
            out.write(from, offset, length);
            return;
        }
        Piece piece = new Piece(
                ByteBuffer.wrap(Arrays.copyOfRange(from, offset, offset + length)),
                System.nanoTime() + latency.toNanos());
        lock.lock();
        try {
            awaitAtMost(MOST_BYTES - length);
            underWay.add(piece);
            bytes += length;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (thread == null) {
            thread = new Thread(this::run, "walcast-delay-line");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Waits until all has been written. */
    void drain() throws IOException, InterruptedException {
        lock.lock();
        try {
            awaitAtMost(0);
        } finally {
            lock.unlock();
        }
    }

    private void awaitAtMost(long limit) throws IOException, InterruptedException {
        while (bytes > limit && failure == null) {
            changed.await();
        }
        if (failure != null) {
            throw new IOException(failure);
        }
    }

    private void run() {
        try {
            for (Piece piece = next(); piece != null; piece = next()) {
                out.write(piece.bytes().array());
                written(piece.bytes().remaining());
            }
        } catch (IOException e) {
            fail(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(new IOException(e));
        }
    }

    /** Waits for the next piece to be due; null once the line is closed. */
    private @Nullable Piece next() throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                Piece first = underWay.peek();
                if (first == null) {
                    changed.await();
                } else if (changed.awaitNanos(first.dueNs() - System.nanoTime()) <= 0) {
                    return underWay.remove();
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void written(int length) {
        lock.lock();
        try {
            bytes -= length;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void fail(IOException e) {
        lock.lock();
        try {
            failure = e;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what is still on its way. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
