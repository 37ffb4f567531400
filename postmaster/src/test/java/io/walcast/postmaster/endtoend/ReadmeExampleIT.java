// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.ipc.WalRcvState;
import io.walcast.ipc.WalRcvStatus;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import io.walcast.walreceiver.ReceiveEnd;
import io.walcast.walreceiver.WalReceiver;
import io.walcast.walreceiver.WalReceiverConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The calls of the Java example in README.md, in its order; what it waits for and prints is looked at. */
@Timeout(60)
class ReadmeExampleIT {
    @TempDir
    private Path directory;

    @Test
    void startsWaitsShowsAndEnds() throws Exception {
        try (PostgresServer server = PostgresServer.start(Options.of(18))) {
            Lsn written = WrittenWal.of(server, 1);
            WalReceiverConfig config = WalReceiverConfig.of(server.conninfo(""), directory.resolve("wal"))
                    .withCreatedSlot("vault")
                    .withApplicationName("vault");
            try (WalReceiver receiver = WalReceiver.start(config)) {
                assertThat(receiver.awaitFlush(written, Duration.ofMinutes(1))).isTrue();
                assertThat(receiver.flushedUpto()).isGreaterThanOrEqualTo(written);

                WalRcvStatus status = receiver.status();
                assertThat(status.state()).isEqualTo(WalRcvState.STREAMING);
                assertThat(status.slot()).isEqualTo("vault");
                assertThat(status.senderPort()).isEqualTo(server.port());
                assertThat(server.query("SELECT application_name FROM pg_stat_replication"))
                        .isEqualTo("vault");

                CompletableFuture<Void> closing = CompletableFuture.runAsync(receiver::close);
                assertThat(receiver.awaitEnd()).isEqualTo(ReceiveEnd.STOP_REQUESTED);
                closing.join();
                assertThat(receiver.status().state()).isEqualTo(WalRcvState.STOPPED);
            }
        }
    }
}
