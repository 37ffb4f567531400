// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts sessions, so that they are no more than there may be. Safe for use from any thread. */
final class SessionCount {
    private final int most;
    private final AtomicInteger count = new AtomicInteger();

    SessionCount(int most) {
        this.most = most;
    }

    boolean hasRoom() {
        return count.get() < most;
    }

    /** Counts one more; returns false if it is one too many. */
    boolean enter() {
        return count.getAndUpdate(before -> before < most ? before + 1 : before) < most;
    }

    /** Counts one less. */
    void leave() {
        count.decrementAndGet();
    }
}
