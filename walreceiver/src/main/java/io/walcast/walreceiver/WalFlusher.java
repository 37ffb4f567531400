// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.core.Lsn;
import io.walcast.core.error.StorageException;
import io.walcast.core.error.WalException;
import io.walcast.core.storage.SegmentWriter;
import io.walcast.ipc.Latch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The second thread of a walreceiver: syncs what was written while the first goes on writing, and prepares the next
 * segment when there is nothing to sync.
 *
 * <p>A sync covers what was written when it began, so an acknowledgement always waits for a sync that began after its
 * last byte was written.
 *
 * <p>Threading: {@link #request} and {@link #failure} from the receiver thread; the rest runs on the thread it starts.
 * That thread holds files and is never interrupted: it ends by flag and latch.
 */
final class WalFlusher implements AutoCloseable {
    private static final long IDLE_NS = TimeUnit.SECONDS.toNanos(1);

    private final SegmentWriter writer;
    private final Latch receiverLatch;
    private final Latch latch = new Latch();
    private final Thread flusher;
    private final Thread preparer;
    private final Latch preparerLatch = new Latch();

    // Written by the receiver thread, read by the flusher.
    private volatile boolean requested;
    private volatile boolean stopping;
    // Written by the flusher and the preparer, read by the receiver thread.
    private volatile @Nullable WalException failure;

    WalFlusher(SegmentWriter writer, Latch receiverLatch, ThreadFactory threads) {
        this.writer = writer;
        this.receiverLatch = receiverLatch;
        flusher = threads.newThread(this::flushLoop);
        preparer = threads.newThread(this::prepareLoop);
        flusher.start();
        preparer.start();
    }

    /** Asks for a sync of all that is written now. */
    void request() {
        requested = true;
        latch.set();
    }

    /** Has the next segment prepared if it is time. */
    void prepareIfWanted() {
        if (writer.wantsPrepare()) {
            preparerLatch.set();
        }
    }

    /**
     * Returns normally as long as the disk is well.
     *
     * @throws WalException what went wrong on the other thread
     */
    void check() {
        WalException failed = failure;
        if (failed != null) {
            throw failed;
        }
    }

    private void flushLoop() {
        guarded(() -> {
            while (!stopping) {
                latch.reset();
                if (requested) {
                    requested = false;
                    Lsn before = writer.flushed();
                    if (writer.flush().isAfter(before)) {
                        receiverLatch.set();
                    }
                } else {
                    latch.await(IDLE_NS);
                }
            }
        });
    }

    private void prepareLoop() {
        guarded(() -> {
            while (!stopping) {
                preparerLatch.reset();
                if (writer.wantsPrepare()) {
                    writer.prepareNext();
                }
                preparerLatch.await(IDLE_NS);
            }
        });
    }

    /** The outermost loop of both threads: whatever happens, the receiver hears of it and acknowledges nothing more. */
    private void guarded(Runnable loop) {
        try {
            loop.run();
        } catch (WalException e) {
            fail(e);
        } catch (Throwable e) { // an Error on this thread must end the storage too, or the receiver would wait for ever
            fail(new StorageException("the sync thread died: " + e, e));
        }
    }

    private void fail(WalException e) {
        failure = e;
        receiverLatch.set();
    }

    /** Ends both threads; what was not synced by then is left to the writer's own close. */
    @Override
    public void close() {
        stopping = true;
        latch.set();
        preparerLatch.set();
        join(flusher);
        join(preparer);
    }

    /** Waits for the end of {@code thread}, whatever interrupts; the interrupt status is kept. */
    static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
