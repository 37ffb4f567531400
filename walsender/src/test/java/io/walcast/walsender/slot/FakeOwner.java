// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import java.util.concurrent.atomic.AtomicInteger;

/** A session that counts how often it was asked to end. */
final class FakeOwner implements SlotOwner {
    private final int pid;
    private final AtomicInteger terminations = new AtomicInteger();

    FakeOwner(int pid) {
        this.pid = pid;
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public void terminate() {
        terminations.incrementAndGet();
    }

    int terminations() {
        return terminations.get();
    }
}
