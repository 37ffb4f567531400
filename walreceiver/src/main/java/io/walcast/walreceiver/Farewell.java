// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.ipc.Agent;
import io.walcast.ipc.Latch;
import io.walcast.transport.WalReceiverConnection;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Bounds how long the end of a stream may take once all is safe: closes the connection under a server that does not
 * answer.
 *
 * <p>Threading: made and closed by the receiver thread; waits on a thread of its own, which is gone after
 * {@link #close}.
 */
final class Farewell implements AutoCloseable {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(5);

    private final Latch done = new Latch();
    private final Thread watcher;

    Farewell(WalReceiverConnection connection, ThreadFactory threads) {
        watcher = threads.newThread(() -> {
            if (!done.await(LIMIT_NS)) {
                connection.close();
            }
        });
        watcher.start();
    }

    @Override
    public void close() {
        done.set();
        Agent.join(watcher);
    }
}
