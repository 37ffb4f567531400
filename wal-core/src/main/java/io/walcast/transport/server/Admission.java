// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.transport.ListenOptions;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts connections, so that strangers cannot take all of them: those in their handshake, in all and by address, and
 * those that are logged in.
 *
 * <p>Safe for use from any thread; the lock is held for a few instructions.
 */
public final class Admission {
    private final ListenOptions.Limits limits;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<InetAddress, Integer> strangersByAddress = new HashMap<>();

    @GuardedBy("lock")
    private int strangers;

    @GuardedBy("lock")
    private int loggedIn;

    /** Written once, by the door, before anybody enters; run by any thread. */
    private volatile Runnable roomListener = () -> {};

    /** Counts nobody yet. */
    public Admission(ListenOptions.Limits limits) {
        this.limits = limits;
    }

    /** Has {@code listener} run whenever a stranger is one no more, on whatever thread. */
    public void onRoom(Runnable listener) {
        roomListener = listener;
    }

    /** Counts a new connection; returns null if it is one too many. */
    public @Nullable Ticket enter(InetAddress address) {
        synchronized (lock) {
            int fromThere = strangersByAddress.getOrDefault(address, 0);
            if (strangers >= limits.unauthenticated() || fromThere >= limits.unauthenticatedPerAddress()) {
                return null;
            }
            strangers++;
            strangersByAddress.put(address, fromThere + 1);
            return new Ticket(address);
        }
    }

    /** Returns whether somebody could log in now. */
    public boolean hasRoom() {
        synchronized (lock) {
            return loggedIn < limits.connections();
        }
    }

    /** How one connection is counted. */
    public final class Ticket {
        private final InetAddress address;

        @GuardedBy("lock")
        private Standing standing = Standing.STRANGER;

        private Ticket(InetAddress address) {
            this.address = address;
        }

        /** Counts it as logged in, or returns false if it is one too many. */
        public boolean logIn() {
            synchronized (lock) {
                if (standing != Standing.STRANGER || loggedIn >= limits.connections()) {
                    return false;
                }
                forgetStranger();
                standing = Standing.LOGGED_IN;
                loggedIn++;
            }
            roomListener.run();
            return true;
        }

        /** Counts it no more. Idempotent. */
        public void leave() {
            boolean wasStranger;
            synchronized (lock) {
                wasStranger = standing == Standing.STRANGER;
                if (wasStranger) {
                    forgetStranger();
                } else if (standing == Standing.LOGGED_IN) {
                    loggedIn--;
                }
                standing = Standing.GONE;
            }
            if (wasStranger) {
                roomListener.run();
            }
        }

        @GuardedBy("lock")
        private void forgetStranger() {
            strangers--;
            strangersByAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
        }
    }

    private enum Standing {
        STRANGER,
        LOGGED_IN,
        GONE
    }
}
