// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.postmaster.ServingProgram;
import io.walcast.postmaster.WalcastProgram;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Mode;
import io.walcast.testkit.postgres.PostgresServer.Options;
import io.walcast.testkit.postgres.Tool.Result;
import io.walcast.testkit.postgres.WalFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A primary, a relay, and a real standby behind it. */
@Timeout(240)
class RelayIT {
    private static final int MAJOR = 15;

    @TempDir
    private Path directory;

    @BeforeEach
    void initialize() {
        ServingProgram.initialize(directory, false, "hot_standby_feedback = on", "wal_receiver_status_interval = 1s");
    }

    @Test
    void aStandbyStreamsThroughARelayWhichStopsAfterItAndBeforeThePrimary() {
        try (PostgresServer primary = primary();
                ServingProgram relay = relay(primary);
                PostgresServer standby = standby(primary, relay)) {
            primary.execute("INSERT INTO t SELECT generate_series(1, 1000)");
            awaitRows(standby, 1000);
            Lsn end = primary.flushLsn();
            awaitReplay(standby, end);
            primary.await("SELECT backend_xmin IS NOT NULL FROM pg_stat_replication", PATIENCE);

            await().atMost(PATIENCE).untilAsserted(() -> {
                Result status = relay.status();
                assertThat(status.stdout())
                        .contains(
                                "pg_stat_wal_receiver (1 row)", "pg_stat_replication (1 row)", "streaming", "cascaded");
            });

            primary.stop(Mode.FAST);
            Result ended = relay.stop();
            assertThat(ended.exitCode()).as(ended.stderr()).isZero();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(WalFiles.compare(
                                            standby.walDirectory(),
                                            primary.walDirectory(),
                                            standby.segmentSize(),
                                            TimelineId.FIRST,
                                            standby.flushLsn())
                                    .differences())
                            .isEmpty());
            assertThat(standby.flushLsn()).isEqualTo(endOf(primary));
        }
    }

    @Test
    void servesWhatIsDurableWhileThePrimaryIsAwayAndGoesOnWhenItIsBack() {
        try (PostgresServer primary = primary()) {
            PostgresServer standby;
            int port;
            try (ServingProgram relay = relay(primary)) {
                port = relay.port();
                standby = standby(primary, relay);
                standby.stop(Mode.FAST);
                primary.execute("INSERT INTO t SELECT generate_series(1, 500)");
                Lsn end = primary.flushLsn();
                primary.await("SELECT flush_lsn >= '" + end + "' FROM pg_stat_replication", PATIENCE);
                relay.running().kill();
            }
            try (PostgresServer closing = standby) {
                primary.stop(Mode.IMMEDIATE);
                try (ServingProgram relay = ServingProgram.relay(directory, port, primary.conninfo(""))) {
                    assertThat(relay.port()).isEqualTo(port);
                    closing.start();
                    awaitRows(closing, 500);
                    assertThat(relay.running().stderr()).contains("waiting 5 seconds to try again");

                    primary.start();
                    primary.execute("INSERT INTO t SELECT generate_series(501, 600)");
                    awaitRows(closing, 600);
                    assertThat(relay.stop().exitCode()).isZero();
                }
            }
        }
    }

    @Test
    void passesAPromotionOfItsPrimaryOn() {
        try (PostgresServer primary = primary();
                PostgresServer middle = PostgresServer.standbyOf(primary, Options.of(MAJOR));
                ServingProgram relay = relay(middle);
                PostgresServer standby = standby(primary, relay)) {
            primary.execute("INSERT INTO t SELECT generate_series(1, 100)");
            awaitRows(standby, 100);

            primary.stop(Mode.FAST);
            middle.promote();
            middle.execute("INSERT INTO t SELECT generate_series(101, 200)");

            awaitRows(standby, 200);
            standby.await("SELECT received_tli = 2 FROM pg_stat_wal_receiver", PATIENCE);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(relay.status().stdout()).contains("timeline 2"));
            assertThat(relay.stop().exitCode()).isZero();
        }
    }

    @Test
    void keepsASlotForAStandbyThatIsAway() {
        try (PostgresServer primary = primary();
                ServingProgram relay = relay(primary)) {
            assertThat(createSlot(relay, "away", "prefer").exitCode()).isZero();
            try (PostgresServer standby = PostgresServer.standbyOf(
                    primary,
                    Options.of(MAJOR).withPrimaryConninfo(relay.conninfo()).withPrimarySlotName("away"))) {
                primary.execute("INSERT INTO t SELECT generate_series(1, 100)");
                awaitRows(standby, 100);
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(relay.status().stdout())
                                .contains("pg_replication_slots (1 row)", "away", "reserved"));
            }
            assertThat(relay.stop().exitCode()).isZero();
        }
    }

    @Test
    void aReloadSwitchesTlsOnAndDropsNobody(@TempDir Path other) throws IOException {
        Path node = other.resolve("node");
        WalcastProgram.walcast()
                .run(PATIENCE, "init", "-D", node.toString(), "--tls")
                .requireSuccess();
        for (String file : List.of("server.crt", "server.key")) {
            Files.copy(node.resolve(file), directory.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
        try (PostgresServer primary = primary();
                ServingProgram relay = relay(primary);
                PostgresServer standby = standby(primary, relay)) {
            assertThat(createSlot(relay, "tls1", "require").exitCode()).isNotZero();

            ServingProgram.write(directory.resolve("walcast.conf"), "ssl = on");
            relay.running().signal("HUP");
            WalcastProgram.awaitMessage(relay.running(), "parameter \"ssl\" changed to \"on\"");

            assertThat(createSlot(relay, "tls2", "require").exitCode()).isZero();
            primary.execute("INSERT INTO t SELECT generate_series(1, 10)");
            awaitRows(standby, 10);
            assertThat(standby.query("SELECT count(*) FROM pg_stat_wal_receiver"))
                    .isEqualTo("1");
            assertThat(Files.readString(standby.log())).doesNotContain("could not receive data");
            assertThat(relay.stop().exitCode()).isZero();
        }
    }

    private static Result createSlot(ServingProgram relay, String slot, String sslmode) {
        return WalcastProgram.walcast()
                .run(
                        PATIENCE,
                        "receivewal",
                        "--create-slot",
                        "-S",
                        slot,
                        "-d",
                        relay.conninfo() + " sslmode=" + sslmode);
    }

    private static PostgresServer primary() {
        PostgresServer primary = PostgresServer.start(Options.of(MAJOR));
        primary.execute("CREATE TABLE t (n int)");
        return primary;
    }

    private ServingProgram relay(PostgresServer primary) {
        ServingProgram relay = ServingProgram.relay(directory, primary.conninfo(""));
        primary.await("SELECT count(*) = 1 FROM pg_stat_replication WHERE state = 'streaming'", PATIENCE);
        assertThat(relay.port()).isPositive();
        return relay;
    }

    private static PostgresServer standby(PostgresServer primary, ServingProgram relay) {
        PostgresServer standby = PostgresServer.standbyOf(
                primary,
                Options.of(MAJOR)
                        .withPrimaryConninfo(relay.conninfo() + " application_name=cascaded")
                        .withConfiguration("hot_standby_feedback", "on")
                        .withConfiguration("wal_receiver_status_interval", "1s")
                        .withConfiguration("wal_retrieve_retry_interval", "200ms"));
        standby.await("SELECT count(*) = 1 FROM pg_stat_wal_receiver WHERE status = 'streaming'", PATIENCE);
        return standby;
    }

    private static void awaitRows(PostgresServer standby, int rows) {
        standby.await("SELECT count(*) = " + rows + " FROM t", PATIENCE);
    }

    private static void awaitReplay(PostgresServer standby, Lsn end) {
        standby.await("SELECT pg_last_wal_replay_lsn() >= '" + end + "'", PATIENCE);
    }

    /** Where the WAL of a server that was shut down ends. */
    private static Lsn endOf(PostgresServer stopped) {
        return ControlFile.of(stopped).endOfCheckpoint(stopped);
    }
}
