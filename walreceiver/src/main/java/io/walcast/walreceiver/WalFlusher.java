// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.core.Lsn;
import io.walcast.core.error.StorageException;
import io.walcast.core.error.WalException;
import io.walcast.core.storage.SegmentWriter;
import io.walcast.ipc.Agent;
import io.walcast.ipc.Latch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Syncs what was written while the receiver goes on writing, and has the next segment's file made beforehand: two agents
 * beside the receiver.
 *
 * <p>A sync covers what was written when it began, so an acknowledgement always waits for a sync that began after its
 * last byte was written.
 *
 * <p>Threading: all methods from the receiver thread.
 */
final class WalFlusher implements AutoCloseable {
    private static final long IDLE_NS = TimeUnit.SECONDS.toNanos(1);

    private final SegmentWriter writer;
    private final Latch receiverLatch;
    private final Agent flusher;
    private final Agent preparer;

    // Written by the receiver thread and the flusher, read by the flusher.
    private volatile boolean requested;
    // Written by the flusher and the preparer, read by the receiver thread.
    private volatile @Nullable WalException failure;

    WalFlusher(SegmentWriter writer, Latch receiverLatch, ThreadFactory threads) {
        this.writer = writer;
        this.receiverLatch = receiverLatch;
        flusher = Agent.start(threads, this::flushIfRequested, this::fail);
        try {
            preparer = Agent.start(threads, this::prepareIfWanted, this::fail);
        } catch (Error e) { // no more threads
            flusher.close();
            throw e;
        }
    }

    /** Asks for a sync of all that is written now. */
    void request() {
        requested = true;
        flusher.wake();
    }

    /** Has the next segment's file made, if it is time. */
    void prepare() {
        if (writer.wantsPrepare()) {
            preparer.wake();
        }
    }

    /**
     * Returns normally as long as the disk is well.
     *
     * @throws WalException what went wrong on another thread
     */
    void check() {
        WalException failed = failure;
        if (failed != null) {
            throw failed;
        }
    }

    private long flushIfRequested() {
        if (!requested) {
            return IDLE_NS;
        }
        requested = false;
        Lsn before = writer.flushed();
        if (writer.flush().isAfter(before)) {
            receiverLatch.set();
        }
        if (writer.isOutOfRoom()) {
            requested = true;
            return IDLE_NS;
        }
        return 0;
    }

    private long prepareIfWanted() {
        if (writer.wantsPrepare()) {
            writer.prepareNext();
        }
        return IDLE_NS;
    }

    private void fail(Throwable e) {
        failure = e instanceof WalException known ? known : new StorageException("a sync thread died: " + e, e);
        receiverLatch.set();
    }

    /** Ends both agents; what was not synced by then is left to the writer's own close. */
    @Override
    public void close() {
        flusher.close();
        preparer.close();
    }
}
