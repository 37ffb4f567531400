// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.error.ConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * Decides who lets go of the owner's buffers when any thread may close: the closing thread if the owner is away, else
 * the owner, when it leaves the call it is in or, if something is lent to it, at its next call.
 *
 * <p>Threading: {@link #enter} and {@link #exit} by the owner, {@link #close} by any thread.
 */
public final class OwnerGate {
    private enum Use {
        AWAY,
        INSIDE,
        LENT,
        RELEASED
    }

    private final Object lock = new Object();
    private final Runnable release;

    @GuardedBy("lock")
    private Use use = Use.AWAY;

    @GuardedBy("lock")
    private boolean closed;

    @GuardedBy("lock")
    private @Nullable Thread owner;

    /** Makes the gate; {@code release} runs exactly once after {@link #close}, never while the owner is inside. */
    public OwnerGate(Runnable release) {
        this.release = release;
    }

    /** The owner begins a call: what was lent is given back. */
    public void enter() {
        synchronized (lock) {
            owner = Thread.currentThread();
            if (closed) {
                releaseOnce();
                throw closedException();
            }
            use = Use.INSIDE;
        }
    }

    /** The owner ends a call; {@code lent} if it takes a borrowed buffer with it. */
    public void exit(boolean lent) {
        synchronized (lock) {
            if (use == Use.RELEASED) {
                return;
            }
            use = lent ? Use.LENT : Use.AWAY;
            if (closed && !lent) {
                releaseOnce();
            }
        }
    }

    /** Closes; returns whether this call was the first. */
    public boolean close() {
        synchronized (lock) {
            boolean first = !closed;
            closed = true;
            if (use == Use.AWAY || (use == Use.LENT && owner == Thread.currentThread())) {
                releaseOnce();
            }
            return first;
        }
    }

    @GuardedBy("lock")
    private void releaseOnce() {
        if (use != Use.RELEASED) {
            use = Use.RELEASED;
            release.run();
        }
    }

    /** Returns what calls of a closed connection fail with. */
    public static ConnectionException closedException() {
        return new ConnectionException("connection is closed", null);
    }
}
