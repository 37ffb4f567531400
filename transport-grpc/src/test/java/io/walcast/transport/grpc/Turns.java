// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Runs one session's tasks on threads shared by all sessions: one at a time, in order. Any thread. */
final class Turns implements Executor {
    private final Object lock = new Object();
    private final Executor threads;

    @GuardedBy("lock")
    private final Deque<Runnable> waiting = new ArrayDeque<>();

    @GuardedBy("lock")
    private boolean running;

    Turns(Executor threads) {
        this.threads = threads;
    }

    @Override
    public void execute(Runnable task) {
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
            threads.execute(() -> {
                Runnable task = take();
                if (task != null) {
                    try {
                        task.run();
                    } finally {
                        next();
                    }
                }
            });
        } catch (RejectedExecutionException e) {
            // the primary is gone
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
