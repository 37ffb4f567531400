// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.core.Lsn;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.core.error.WalException;
import io.walcast.ipc.Agent;
import io.walcast.ipc.Latch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks every record of a stream behind the receiver's back: what was written is read again, from the kernel's memory as a
 * rule, so that the receiver copies nothing and waits for nothing. What it lags behind is on disk and not in a queue.
 *
 * <p>Threading: an agent of its own; all methods from the receiver thread.
 */
final class RecordVerifier implements AutoCloseable {
    private static final long IDLE_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int MAX_WARNINGS = 100;

    private final Verification mode;
    private final WrittenRecords records;
    private final Latch receiverLatch;
    private final Consumer<String> warnings;
    private final Agent agent;

    /** Agent only, and the receiver thread after it has ended. */
    private int warned;

    // Written by the agent, read by the receiver thread.
    private volatile @Nullable WalException failure;

    /**
     * Starts to verify.
     *
     * @param warnings told, on the agent's thread, what is wrong if the mode is to warn
     */
    RecordVerifier(
            Verification mode,
            WrittenRecords records,
            Latch receiverLatch,
            Consumer<String> warnings,
            ThreadFactory threads) {
        this.mode = mode;
        this.records = records;
        this.receiverLatch = receiverLatch;
        this.warnings = warnings;
        agent = Agent.start(threads, this::turn, this::fail);
    }

    /** Wakes the agent if there is enough to do; what is less it finds by itself. */
    void written(Lsn position) {
        if (records.isWorthReading(position)) {
            agent.wake();
        }
    }

    /**
     * Returns normally as long as nothing is wrong, or only warnings are wanted.
     *
     * @throws WalException with SQLSTATE XX001 for the first bad record
     */
    void check() {
        WalException failed = failure;
        if (failed != null) {
            throw failed;
        }
    }

    private long turn() {
        return failure == null && records.advance(this::tell) ? 0 : IDLE_NS;
    }

    private void tell(String problem) {
        String message = "verification failed: " + problem;
        if (mode == Verification.STOP) {
            if (failure == null) {
                failure = new RefusedException(SqlState.DATA_CORRUPTED, message);
                receiverLatch.set();
            }
        } else if (warned < MAX_WARNINGS) {
            warned++;
            warnings.accept(warned < MAX_WARNINGS ? message : message + " (no more of these are told)");
        }
    }

    private void fail(Throwable e) {
        failure = e instanceof WalException known ? known : new StorageException("the verifying thread died: " + e, e);
        receiverLatch.set();
    }

    /**
     * Ends the agent and verifies the rest of what was written, as far as it is there.
     *
     * @throws WalException as {@link #check}
     */
    void finish() {
        agent.close();
        while (failure == null && records.advance(this::tell)) {
            // Little is left.
        }
        check();
    }

    @Override
    public void close() {
        agent.close();
        records.close();
    }
}
