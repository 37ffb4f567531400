// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs what one session has to do on threads that all sessions share: one thing after the other, in order, and never within
 * {@link #execute}. After some of it others have their turn.
 *
 * <p>Safe for use from any thread.
 */
final class Turns {
    private static final Logger logger = LoggerFactory.getLogger(Turns.class);
    private static final int TASKS_PER_TURN = 16;

    private final Object lock = new Object();
    private final Executor threads;

    @GuardedBy("lock")
    private final Deque<Runnable> waiting = new ArrayDeque<>();

    @GuardedBy("lock")
    private boolean running;

    Turns(Executor threads) {
        this.threads = threads;
    }

    /** Has {@code task} run soon; what it throws is logged. */
    void execute(Runnable task) {
        synchronized (lock) {
            waiting.add(task);
            if (running) {
                return;
            }
            running = true;
        }
        next();
    }

    private void next() {
        try {
            threads.execute(this::turn);
        } catch (RejectedExecutionException e) {
            // The listener is closed, and every session was told.
            return;
        }
    }

    private void turn() {
        for (int i = 0; i < TASKS_PER_TURN; i++) {
            Runnable task = take();
            if (task == null) {
                return;
            }
            run(task);
        }
        next();
    }

    /** What throws must not keep the others from their turn. */
    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            logger.error("a task of a session failed", e);
        }
    }

    private @Nullable Runnable take() {
        synchronized (lock) {
            Runnable task = waiting.poll();
            running = task != null;
            return task;
        }
    }
}
