// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.primary;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The messages of one client: filled by a reading thread, emptied in order by the script, kept for whoever looks. */
final class Inbox {
    private static final int MAX_BODY_BYTES = 64 << 20;

    private final Object lock = new Object();

    @GuardedBy("lock")
    private final List<ClientMessage> messages = new ArrayList<>();

    @GuardedBy("lock")
    private int taken;

    @GuardedBy("lock")
    private boolean isEnded;

    @GuardedBy("lock")
    private boolean isPaused;

    /** Reads messages until the client ends the connection, one way or another. */
    void fillFrom(DataInputStream in) {
        try {
            while (true) {
                awaitUnpaused();
                char tag = (char) in.readUnsignedByte();
                int length = in.readInt() - Integer.BYTES;
                if (length < 0 || length > MAX_BODY_BYTES) {
                    throw new IOException("message '%c' of %d bytes".formatted(tag, length));
                }
                byte[] body = in.readNBytes(length);
                add(new ClientMessage(tag, ByteBuffer.wrap(body).asReadOnlyBuffer(), System.nanoTime()));
                if (tag == 'X') {
                    return;
                }
            }
        } catch (IOException e) {
            // The end of the connection, also where it comes within a message.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end();
        }
    }

    private void awaitUnpaused() throws InterruptedException {
        synchronized (lock) {
            while (isPaused) {
                lock.wait();
            }
        }
    }

    void setPaused(boolean paused) {
        synchronized (lock) {
            isPaused = paused;
            lock.notifyAll();
        }
    }

    private void add(ClientMessage message) {
        synchronized (lock) {
            messages.add(message);
            lock.notifyAll();
        }
    }

    private void end() {
        synchronized (lock) {
            isEnded = true;
            lock.notifyAll();
        }
    }

    /** Returns the next message, which no call has returned before. */
    ClientMessage next(Duration timeout, String what) {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (lock) {
            while (taken == messages.size()) {
                if (isEnded) {
                    throw new ClientGoneException();
                }
                waitUntil(deadline, what);
            }
            return messages.get(taken++);
        }
    }

    /** Waits until the client has ended the connection. */
    void awaitEnd(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (lock) {
            while (!isEnded) {
                waitUntil(deadline, "the end of the connection");
            }
        }
    }

    /** Waits until the client has ended the connection, or {@code timeout} has passed. */
    void lingerUntilEnd(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (lock) {
            long left = timeout.toNanos();
            try {
                while (!isEnded && left > 0) {
                    TimeUnit.NANOSECONDS.timedWait(lock, left);
                    left = deadline - System.nanoTime();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @GuardedBy("lock")
    private void waitUntil(long deadline, String what) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw new ScriptFailure("in vain waited for " + what + "; received: " + messages);
        }
        try {
            TimeUnit.NANOSECONDS.timedWait(lock, left);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ScriptFailure("interrupted while waiting for " + what);
        }
    }

    List<ClientMessage> all() {
        synchronized (lock) {
            return List.copyOf(messages);
        }
    }

    boolean isEnded() {
        synchronized (lock) {
            return isEnded;
        }
    }
}
