// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.service;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sees every call that a transport makes of one session and its streams: notes it with its thread, and complains of calls
 * that overlap, on one thread too, or come after the last.
 *
 * <p>Safe for use from any thread.
 */
final class CallGuard {
    private final Object lock = new Object();
    private final String session;
    private final Consumer<String> complaints;
    private final AtomicReference<@Nullable Inside> inside = new AtomicReference<>();

    @GuardedBy("lock")
    private final List<SessionCall> calls = new ArrayList<>();

    @GuardedBy("lock")
    private boolean closed;

    CallGuard(String session, Consumer<String> complaints) {
        this.session = session;
        this.complaints = complaints;
    }

    void run(String name, Runnable call) {
        get(name, () -> {
            call.run();
            return name;
        });
    }

    <T extends @Nullable Object> T get(String name, Supplier<T> call) {
        note(name);
        Inside other = inside.getAndSet(new Inside(name, Thread.currentThread()));
        if (other != null) {
            complain(name + " while in " + other.name());
        }
        try {
            return call.get();
        } finally {
            inside.set(other);
        }
    }

    private void note(String name) {
        boolean late;
        synchronized (lock) {
            late = closed;
            calls.add(new SessionCall(name, Thread.currentThread().getName()));
        }
        if (late) {
            complain(name + " after closed");
        }
    }

    /** Returns whether the caller was called by the transport. */
    boolean isInside() {
        Inside current = inside.get();
        return current != null && current.thread() == Thread.currentThread();
    }

    void close() {
        synchronized (lock) {
            closed = true;
        }
    }

    void complain(String what) {
        complaints.accept(
                session + ": " + what + " on " + Thread.currentThread().getName());
    }

    List<SessionCall> calls() {
        synchronized (lock) {
            return List.copyOf(calls);
        }
    }

    private record Inside(String name, Thread thread) {}
}
