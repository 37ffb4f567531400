// SPDX-License-Identifier: Apache-2.0
package io.walcast.ipc;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes the threads of one role: daemons named {@code walcast-<role>-<n>}. Safe for use from any thread. */
public final class AgentThreads implements ThreadFactory {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String role;

    /** Makes threads of {@code role}, for example {@code walreceiver}. */
    public AgentThreads(String role) {
        this.role = requireNonNull(role, "role");
    }

    @Override
    public Thread newThread(Runnable work) {
        Thread thread = new Thread(work, "walcast-" + role + "-" + NUMBER.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }
}
