// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static java.util.Objects.requireNonNull;

import io.walcast.core.protocol.ServerMessage;
import io.walcast.ipc.Latch;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * {@link WalReceiverConnection#receive} with a time limit: the blocking form that PostgreSQL's walreceiver API had
 * before it got a socket to wait for.
 *
 * <p>Threading: belongs to the connection's owner thread. Closing the connection from another thread ends the wait.
 */
public final class BlockingReceiver {
    private final WalReceiverConnection connection;
    private final Latch latch;

    /** Makes one; {@code latch} is the one that {@code connection} was made with, and nobody else waits for it. */
    public BlockingReceiver(WalReceiverConnection connection, Latch latch) {
        this.connection = requireNonNull(connection, "connection");
        this.latch = requireNonNull(latch, "latch");
    }

    /**
     * Returns the next message, or null if none came in time; zero does not wait.
     *
     * <p>What the message holds is lent as {@link WalReceiverConnection#receive} says.
     */
    public @Nullable ServerMessage receive(Duration timeout) {
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        while (true) {
            latch.reset();
            ServerMessage message = connection.receive();
            if (message != null) {
                return message;
            }
            if (!latch.await(deadlineNs - System.nanoTime())) {
                return null;
            }
        }
    }
}
