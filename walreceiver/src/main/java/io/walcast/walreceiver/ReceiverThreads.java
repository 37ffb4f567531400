// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes the threads of receivers: daemons named {@code walcast-<role>-<n>}. Safe for use from any thread. */
public final class ReceiverThreads implements ThreadFactory {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String role;

    /** Makes threads of one role. */
    public ReceiverThreads(String role) {
        this.role = role;
    }

    @Override
    public Thread newThread(Runnable work) {
        Thread thread = new Thread(work, "walcast-" + role + "-" + NUMBER.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }
}
