// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.testkit.standby.FromServer;
import io.walcast.transport.WalChunk;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What is under way from a session to a standby in memory. Chunks are leased until they are read. Any thread. */
final class MemoryPipe implements SessionOutlet {
    private final Object lock = new Object();
    private final int sendBufferBytes;

    @GuardedBy("lock")
    private final Deque<Entry> entries = new ArrayDeque<>();

    @GuardedBy("lock")
    private long queuedBytes;

    @GuardedBy("lock")
    private boolean closed;

    MemoryPipe(int sendBufferBytes) {
        this.sendBufferBytes = sendBufferBytes;
    }

    @Override
    public void send(FromServer message) {
        add(new Entry(message, null, null));
    }

    @Override
    public void send(WalChunk chunk) {
        add(new Entry(null, chunk, chunk.buffer()));
    }

    private void add(Entry entry) {
        synchronized (lock) {
            if (closed) {
                entry.release();
                return;
            }
            entries.add(entry);
            queuedBytes += entry.length();
            lock.notifyAll();
        }
    }

    @Override
    public boolean hasRoom() {
        synchronized (lock) {
            return queuedBytes < sendBufferBytes;
        }
    }

    /** Returns the next message, {@code Closed} when no more can come, null if none comes within {@code limit}. */
    @Nullable
    FromServer poll(Duration limit) {
        long deadlineNs = System.nanoTime() + limit.toNanos();
        synchronized (lock) {
            while (entries.isEmpty() && !closed) {
                long leftNs = deadlineNs - System.nanoTime();
                if (leftNs <= 0) {
                    return null;
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(lock, leftNs);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return null;
                }
            }
            Entry entry = entries.poll();
            if (entry == null) {
                return new FromServer.Closed();
            }
            queuedBytes -= entry.length();
            return entry.take();
        }
    }

    @Override
    public void finish() {
        synchronized (lock) {
            int waiting = entries.size();
            for (int i = 0; i < waiting; i++) {
                entries.add(new Entry(entries.remove().take(), null, null));
            }
            queuedBytes = 0;
            closed = true;
            lock.notifyAll();
        }
    }

    /** What is under way is lost. */
    void cut() {
        synchronized (lock) {
            entries.forEach(Entry::release);
            entries.clear();
            queuedBytes = 0;
            closed = true;
            lock.notifyAll();
        }
    }

    private record Entry(
            @Nullable FromServer message,
            @Nullable WalChunk chunk,
            @Nullable ByteBuffer bytes) {

        int length() {
            return bytes == null ? 0 : bytes.remaining();
        }

        FromServer take() {
            if (message != null) {
                return message;
            }
            if (chunk == null || bytes == null) {
                throw new IllegalStateException("entry: neither message nor chunk (expected: one)");
            }
            ByteBuffer copy = ByteBuffer.allocate(bytes.remaining())
                    .put(bytes.duplicate())
                    .flip();
            FromServer wal = new FromServer.Wal(chunk.start(), chunk.serverEnd(), chunk.sentAt(), copy);
            chunk.close();
            return wal;
        }

        void release() {
            if (chunk != null) {
                chunk.close();
            }
        }
    }
}
