// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.transport.ListenOptions;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts connections, so that strangers cannot take all of them: those in their handshake, in all and by address, and
 * those that are logged in.
 *
 * <p>Safe for use from any thread; the lock is held for a few instructions.
 */
final class Admission {
    private final ListenOptions.Limits limits;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<InetAddress, Integer> strangersByAddress = new HashMap<>();

    @GuardedBy("lock")
    private int strangers;

    @GuardedBy("lock")
    private int loggedIn;

    Admission(ListenOptions.Limits limits) {
        this.limits = limits;
    }

    /** Counts a new connection, or returns false if it is one too many. */
    boolean enter(InetAddress address) {
        synchronized (lock) {
            int fromThere = strangersByAddress.getOrDefault(address, 0);
            if (strangers >= limits.unauthenticated() || fromThere >= limits.unauthenticatedPerAddress()) {
                return false;
            }
            strangers++;
            strangersByAddress.put(address, fromThere + 1);
            return true;
        }
    }

    /** Returns whether somebody could log in now. */
    boolean hasRoom() {
        synchronized (lock) {
            return loggedIn < limits.connections();
        }
    }

    /** Counts one that has entered as logged in, or returns false if it is one too many. */
    boolean logIn(InetAddress address) {
        synchronized (lock) {
            if (loggedIn >= limits.connections()) {
                return false;
            }
            leave(address);
            loggedIn++;
            return true;
        }
    }

    /** Forgets one that has entered and is gone without logging in. */
    void leave(InetAddress address) {
        synchronized (lock) {
            strangers--;
            strangersByAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
        }
    }

    /** Forgets one that was logged in. */
    void logOut() {
        synchronized (lock) {
            loggedIn--;
        }
    }
}
