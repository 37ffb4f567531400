// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.TimelineId;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.ipc.Latch;
import io.walcast.transport.BlockingReceiver;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.StreamOptions;
import io.walcast.transport.WalReceiverConnection;
import io.walcast.transport.WalReceiverTransports;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A receiver that keeps nothing of what it is sent, and reports every second how far it is. */
final class DiscardingReceiver {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long REPORT_NS = TimeUnit.SECONDS.toNanos(1);

    private DiscardingReceiver() {}

    /**
     * How fast it was.
     *
     * @param bytes received
     * @param first from the command to the first byte
     * @param all from the first byte to the last
     */
    record Result(long bytes, Duration first, Duration all) {
        double bytesPerSecond() {
            return bytes * 1e9 / all.toNanos();
        }
    }

    /** Receives all of the first timeline from {@code start} to {@code end}. */
    static Result receive(String conninfo, Lsn start, Lsn end) {
        Latch latch = new Latch();
        ConnectOptions options =
                ConnectOptions.of(conninfo, latch).withEnvironment(Map.of()).withTimeout(PATIENCE);
        try (WalReceiverConnection connection =
                WalReceiverTransports.load().forConninfo(conninfo).connect(options)) {
            long askedNs = System.nanoTime();
            connection.startStreaming(new StreamOptions.Physical(null, start, TimelineId.FIRST));
            BlockingReceiver receiver = new BlockingReceiver(connection, latch);
            Lsn at = start;
            long firstNs = 0;
            long reportedNs = askedNs;
            while (at.isBefore(end)) {
                ServerMessage message = receiver.receive(PATIENCE);
                if (message instanceof ServerMessage.XLogData data) {
                    firstNs = firstNs == 0 ? System.nanoTime() : firstNs;
                    if (!data.start().equals(at)) {
                        throw new AssertionError("WAL from %s (expected: %s)".formatted(data.start(), at));
                    }
                    at = at.plus(data.payload().remaining());
                } else if (!(message instanceof ServerMessage.Keepalive)) {
                    throw new AssertionError(message + " at " + at);
                }
                if (System.nanoTime() - reportedNs > REPORT_NS) {
                    reportedNs = System.nanoTime();
                    connection.send(new StatusUpdate(at, at, Lsn.INVALID, PgTimestamp.of(Instant.now()), false));
                }
            }
            return new Result(
                    at.minus(start),
                    Duration.ofNanos(firstNs - askedNs),
                    Duration.ofNanos(System.nanoTime() - firstNs));
        }
    }
}
