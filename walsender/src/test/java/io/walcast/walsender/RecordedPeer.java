// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import io.walcast.core.error.ErrorFields;
import io.walcast.transport.SessionPeer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A peer that only remembers. Safe for use from any thread. */
final class RecordedPeer implements SessionPeer {
    private final AtomicInteger wakes = new AtomicInteger();
    private final AtomicBoolean dropped = new AtomicBoolean();
    private final AtomicReference<@Nullable ErrorFields> terminatedWith = new AtomicReference<>();

    /** Returns how often it was woken since the last call. */
    int takeWakes() {
        return wakes.getAndSet(0);
    }

    boolean isDropped() {
        return dropped.get();
    }

    @Nullable
    ErrorFields terminatedWith() {
        return terminatedWith.get();
    }

    @Override
    public void wake() {
        wakes.incrementAndGet();
    }

    @Override
    public void notice(ErrorFields fields) {}

    @Override
    public void parameterChanged(String name, String value) {}

    @Override
    public void terminate(ErrorFields fields) {
        terminatedWith.compareAndSet(null, fields);
    }

    @Override
    public void drop() {
        dropped.set(true);
    }
}
