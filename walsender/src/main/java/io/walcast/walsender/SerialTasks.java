// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tasks of one session on the shared executor: one at a time, in order. Safe for use from any thread. */
final class SerialTasks {
    private static final Logger logger = LoggerFactory.getLogger(SerialTasks.class);

    private final Executor executor;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Deque<Runnable> waiting = new ArrayDeque<>(2);

    @GuardedBy("lock")
    private boolean running;

    SerialTasks(Executor executor) {
        this.executor = requireNonNull(executor, "executor");
    }

    /** Runs {@code task} after those before it; on this thread if the executor has ended. */
    void execute(Runnable task) {
        synchronized (lock) {
            waiting.add(task);
            if (running) {
                return;
            }
            running = true;
        }
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException e) {
            run(); // what has to be cleaned up at the end is cleaned up
        }
    }

    /** Returns whether everything so far has been done. */
    boolean isIdle() {
        synchronized (lock) {
            return !running && waiting.isEmpty();
        }
    }

    private void run() {
        Runnable next = take();
        while (next != null) {
            attempt(next);
            next = take();
        }
    }

    /** Whatever becomes of one task, those after it are done: the last one cleans up. */
    private static void attempt(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            logger.atError().setCause(e).log("a session's task has failed");
        }
    }

    private @Nullable Runnable take() {
        synchronized (lock) {
            Runnable next = waiting.poll();
            running = next != null;
            return next;
        }
    }
}
