// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.protocol.StandbyMessageCodec;
import io.walcast.testkit.primary.ClientGoneException;
import io.walcast.testkit.primary.ClientMessage;
import io.walcast.testkit.primary.PrimarySession;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Sorts what a client sends: commands and the end of a stream for the script's thread, the rest into the journal.
 *
 * <p>Threading: {@link #run} is a thread of its own; the rest is for the script's.
 */
final class LibpqInbox implements Runnable {
    private static final long GATE_POLL_MS = 10;

    private final Object lock = new Object();
    private final PrimarySession session;
    private final PrimaryJournal journal;

    @GuardedBy("lock")
    private final Deque<String> queries = new ArrayDeque<>();

    @GuardedBy("lock")
    private boolean copyDone;

    @GuardedBy("lock")
    private boolean gone;

    LibpqInbox(PrimarySession session, PrimaryJournal journal) {
        this.session = session;
        this.journal = journal;
    }

    @Override
    public void run() {
        try {
            while (true) {
                take(session.nextMessage("anything"));
            }
        } catch (ClientGoneException e) {
            journal.disconnected();
        } finally {
            synchronized (lock) {
                gone = true;
                lock.notifyAll();
            }
        }
    }

    private void take(ClientMessage message) {
        if (message.tag() == 'd') {
            journal.received(StandbyMessageCodec.decode(message.body()));
            return;
        }
        synchronized (lock) {
            if (message.tag() == 'Q') {
                queries.add(message.text());
            }
            copyDone |= message.tag() == 'c';
            lock.notifyAll();
        }
    }

    /** Waits for the next command. */
    String nextQuery() {
        synchronized (lock) {
            while (queries.isEmpty()) {
                waitForMore();
            }
            return queries.remove();
        }
    }

    /** Forgets the end of an earlier stream. */
    void beginStream() {
        synchronized (lock) {
            copyDone = false;
        }
    }

    /** Waits until the client has ended its half of the stream. */
    void awaitCopyDone() {
        synchronized (lock) {
            while (!copyDone) {
                waitForMore();
            }
        }
    }

    /** Waits until the client is gone. */
    void awaitGone() {
        synchronized (lock) {
            while (true) {
                waitForMore();
            }
        }
    }

    @GuardedBy("lock")
    @SuppressWarnings("WaitNotInLoop") // each caller is one
    private void waitForMore() {
        if (gone) {
            throw new GoneException();
        }
        try {
            lock.wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GoneException();
        }
    }

    /** Returns whether the client still wants to stream. */
    boolean isStreaming() {
        synchronized (lock) {
            return !copyDone && !gone;
        }
    }

    /** Waits for {@code gate}; returns false if the client ended the stream meanwhile. */
    boolean hold(CountDownLatch gate) {
        try {
            while (isStreaming()) {
                if (gate.await(GATE_POLL_MS, TimeUnit.MILLISECONDS)) {
                    return true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    /** The client is gone; nothing is left to do. */
    static final class GoneException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
