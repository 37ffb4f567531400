// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.Attributes;
import io.netty.channel.Channel;
import io.walcast.transport.server.Admission;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;

/**
 * A connection that was accepted, and how it is counted: as a stranger's until a session was opened on it. A stranger must
 * begin a call, and log in, before the handshake's time is over. One that only asks how the server is may stay, as one of
 * so many who watch, which are counted apart so that they keep nobody out.
 *
 * <p>Safe for use from any thread.
 */
final class Connection {
    /** Of the calls on a connection. */
    static final Attributes.Key<Connection> KEY = Attributes.Key.create("walcast-connection");

    private final Channel channel;
    private final InetAddress address;
    private final Admission watchers;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private Admission.Ticket ticket;

    @GuardedBy("lock")
    private Standing standing = Standing.STRANGER;

    @GuardedBy("lock")
    private int calls;

    @GuardedBy("lock")
    private boolean hasWatched;

    @GuardedBy("lock")
    private boolean isLate;

    @GuardedBy("lock")
    private final Deque<Runnable> waitingChecks = new ArrayDeque<>();

    @GuardedBy("lock")
    private boolean isChecking;

    Connection(Channel channel, InetAddress address, Admission.Ticket ticket, Admission watchers) {
        this.channel = channel;
        this.address = address;
        this.ticket = ticket;
        this.watchers = watchers;
    }

    private enum Standing {
        STRANGER,
        WATCHER,
        LOGGED_IN,
        GONE
    }

    /**
     * Tells that a call has begun that is to log in. Returns false if it comes too late: a stranger has the time of one
     * handshake to begin it, or others would wait for ever. Then the call is not counted.
     */
    boolean callBegan() {
        synchronized (lock) {
            boolean isInTime = !(isLate && standing == Standing.STRANGER);
            if (isInTime) {
                calls++;
            }
            return isInTime;
        }
    }

    /** Tells that such a call has ended. */
    void callEnded() {
        boolean isUseless;
        synchronized (lock) {
            calls--;
            isUseless = isUseless();
        }
        if (isUseless) {
            close();
        }
    }

    /** Tells that somebody has asked how the server is. */
    void watched() {
        synchronized (lock) {
            hasWatched = true;
        }
    }

    /** Tells that the time for a handshake is over. */
    void late() {
        boolean isUseless;
        synchronized (lock) {
            isLate = true;
            isUseless = isUseless();
        }
        if (isUseless) {
            close();
        }
    }

    @GuardedBy("lock")
    private boolean isUseless() {
        return isLate && calls == 0 && standing == Standing.STRANGER && !watches();
    }

    @GuardedBy("lock")
    private boolean watches() {
        Admission.Ticket other = hasWatched ? watchers.enter(address) : null;
        if (other != null) {
            ticket.leave();
            ticket = other;
            standing = Standing.WATCHER;
        }
        return other != null;
    }

    /**
     * Has {@code check}, of a password, begin when no other is under way on this connection, so that none takes the places of
     * others. When it is done, {@link #checked} is called.
     */
    void check(Runnable check) {
        synchronized (lock) {
            if (isChecking) {
                waitingChecks.add(check);
                return;
            }
            isChecking = true;
        }
        check.run();
    }

    /** Tells that a check is done. */
    void checked() {
        Runnable next;
        synchronized (lock) {
            next = waitingChecks.poll();
            isChecking = next != null;
        }
        if (next != null) {
            next.run();
        }
    }

    /** Counts it as one of somebody known; returns false if there is no room. */
    boolean logIn() {
        synchronized (lock) {
            if (standing == Standing.LOGGED_IN) {
                return true;
            }
            boolean isCounted = ticket.logIn();
            if (isCounted) {
                standing = Standing.LOGGED_IN;
            }
            return isCounted;
        }
    }

    /** Counts it no more. */
    void gone() {
        synchronized (lock) {
            standing = Standing.GONE;
            ticket.leave();
        }
    }

    /** Closes it without a word. */
    void close() {
        try {
            channel.eventLoop()
                    .execute(() -> channel.unsafe().close(channel.unsafe().voidPromise()));
        } catch (RejectedExecutionException e) {
            // The listener is closed, and every connection with it.
            return;
        }
    }
}
