// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.endtoend.Receiving.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.testkit.postgres.Load;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import io.walcast.testkit.postgres.WalFiles;
import io.walcast.walreceiver.WalReceiverConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class ReceivingIT {
    private static final int KILOBYTE = 1024;

    @RegisterExtension
    static final Servers servers = new Servers(Options::of);

    @TempDir
    private Path directory;

    @EachMajor
    void holdsTheServersFilesByteForByte(int major) {
        PostgresServer server = servers.of(major);
        try (Receiving receiving = Receiving.start(Receiving.config(server, directory));
                Load load = Load.start(server, Load.Options.defaults().withPayloadBytes(100 * KILOBYTE))) {
            receiving.catchUpWith(server);
            load.awaitCommits(load.commits() + 200, PATIENCE);
            server.switchWal();
            load.awaitCommits(load.commits() + 20, PATIENCE);
            load.stop();
            Lsn end = receiving.catchUpWith(server);

            WalFiles.Comparison comparison = receiving.requireSameAs(server, end);
            assertThat(comparison.segments()).isGreaterThanOrEqualTo(3);
            server.await(
                    "SELECT count(*) = 1 AND bool_and(state = 'streaming' AND sync_state = 'async'"
                            + " AND write_lsn >= '%1$s' AND flush_lsn >= '%1$s' AND replay_lsn IS NULL)".formatted(end)
                            + " FROM pg_stat_replication WHERE application_name = 'walcast'",
                    PATIENCE);
        }
        server.await("SELECT count(*) = 0 FROM pg_stat_replication", PATIENCE);
    }

    @EachMajor
    void losesNothingThatASlotKeepsForIt(int major) {
        PostgresServer server = servers.of(major);
        WalReceiverConfig config = Receiving.config(server, directory).withCreatedSlot("keeper");
        server.configure("wal_keep_size", "0");
        try {
            Lsn left;
            try (Receiving receiving = Receiving.start(config)) {
                WrittenWal.of(server, 100 * KILOBYTE);
                left = receiving.catchUpWith(server);
            }
            server.await(
                    "SELECT NOT active AND restart_lsn >= '%s' FROM pg_replication_slots WHERE slot_name = 'keeper'"
                            .formatted(left),
                    PATIENCE);
            writeSegments(server, 4);

            try (Receiving receiving = Receiving.start(config)) {
                Lsn end = receiving.catchUpWith(server);

                assertThat(receiving.requireSameAsIsLeftOf(server, end).segments())
                        .isGreaterThanOrEqualTo(5);
            }
        } finally {
            server.configure("wal_keep_size", null);
            server.execute("SELECT pg_drop_replication_slot('keeper')");
        }
    }

    private static void writeSegments(PostgresServer server, int count) {
        for (int i = 0; i < count; i++) {
            WrittenWal.of(server, KILOBYTE);
            server.switchWal();
        }
        server.execute("CHECKPOINT");
    }

    @EachMajor
    void isTheSynchronousStandbyThatCommitsWaitFor(int major) {
        PostgresServer server = servers.of(major);
        server.configure("synchronous_standby_names", "walcast");
        try (Load load = Load.start(server, Load.Options.defaults())) {
            server.await("SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'", PATIENCE);
            long before = load.commits();

            try (Receiving receiving = Receiving.start(Receiving.config(server, directory))) {
                load.awaitCommits(before + 200, PATIENCE);
                Lsn committed = load.lastCommittedLsn();
                assertThat(receiving.receiver().flushedUpto()).isGreaterThan(committed);
                server.await(
                        "SELECT state = 'streaming' AND sync_state = 'sync' AND flush_lsn >= '%s'".formatted(committed)
                                + " FROM pg_stat_replication WHERE application_name = 'walcast'",
                        PATIENCE);
                load.stop();
                receiving.requireSameAs(server, receiving.catchUpWith(server));
            }
        } finally {
            server.configure("synchronous_standby_names", null);
        }
    }
}
