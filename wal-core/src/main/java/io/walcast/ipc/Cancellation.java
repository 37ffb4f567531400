// SPDX-License-Identifier: Apache-2.0
package io.walcast.ipc;

import io.walcast.core.error.CanceledException;
import java.util.ArrayList;
import java.util.List;

/**
 * A request to stop that any thread can make and many can notice: what PostgreSQL's backends learn from
 * {@code CHECK_FOR_INTERRUPTS}. It is made once and never taken back.
 *
 * <p>Safe for use from any thread.
 */
public final class Cancellation {
    private final Object lock = new Object();
    private final List<Runnable> listeners = new ArrayList<>();
    private boolean requested;

    /** Makes the request; listeners run on this thread, once. */
    public void request() {
        List<Runnable> toRun;
        synchronized (lock) {
            if (requested) {
                return;
            }
            requested = true;
            toRun = List.copyOf(listeners);
            listeners.clear();
        }
        toRun.forEach(Runnable::run);
    }

    /** Returns whether the request was made. */
    public boolean isRequested() {
        synchronized (lock) {
            return requested;
        }
    }

    /**
     * Returns normally as long as no request was made.
     *
     * @throws CanceledException naming {@code what} if it was
     */
    public void check(String what) {
        if (isRequested()) {
            throw new CanceledException(what + ": canceled on request");
        }
    }

    /** Runs {@code listener} when the request is made, or at once if it was; close the result to forget it. */
    public Registration onRequest(Runnable listener) {
        synchronized (lock) {
            if (!requested) {
                listeners.add(listener);
                return () -> remove(listener);
            }
        }
        listener.run();
        return () -> {};
    }

    private void remove(Runnable listener) {
        synchronized (lock) {
            listeners.remove(listener);
        }
    }

    /** A listener's place in the list. */
    public interface Registration extends AutoCloseable {
        /** Forgets the listener. */
        @Override
        void close();
    }
}
