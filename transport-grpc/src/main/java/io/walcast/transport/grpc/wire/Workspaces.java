// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Workspaces to reuse. So many are kept; when more are in use at once, more are made, and closed when they come back.
 *
 * <p>Threading: safe.
 */
final class Workspaces<T extends AutoCloseable> {
    private final Supplier<T> worker;
    private final BlockingQueue<Workspace<T>> idle;
    private final AtomicInteger open = new AtomicInteger();

    Workspaces(int kept, Supplier<T> worker) {
        this.idle = new ArrayBlockingQueue<>(kept);
        this.worker = worker;
    }

    Workspace<T> take() {
        Workspace<T> workspace = idle.poll();
        if (workspace == null) {
            workspace = new Workspace<>(worker.get());
            open.incrementAndGet();
        }
        return workspace;
    }

    /** Takes back one that is as good as before. */
    void giveBack(Workspace<T> workspace) {
        if (!idle.offer(workspace)) {
            discard(workspace);
        }
    }

    /** Closes one that may be broken, or is one too many. */
    void discard(Workspace<T> workspace) {
        open.decrementAndGet();
        try {
            workspace.worker.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns how many are not closed, in use or not. */
    int open() {
        return open.get();
    }
}
