// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.testkit.postgres.Load;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Mode;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A primary, a relay, by gRPC a second relay, and behind that a real standby; another standby on the first relay, which serves
 * both transports.
 */
@Timeout(120)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GrpcHopIT {
    private static final String SLOT = "far_slot";
    private static final Map<Integer, Cascade> cascades = new TreeMap<>();

    @TempDir
    private static Path root;

    private static GrpcHop hop;

    @BeforeAll
    static void makeCertificates() {
        hop = new GrpcHop(root.resolve("certificates"));
    }

    @AfterAll
    static void closeAll() {
        cascades.values().forEach(Cascade::close);
        cascades.clear();
    }

    private static Cascade cascade(int major) {
        return cascades.computeIfAbsent(major, absent -> new Cascade(absent, root.resolve(Integer.toString(absent))));
    }

    @OldestAndNewest
    @Order(1)
    void bringsTheStandbyEveryByteUnderLoad(int major) {
        Cascade cascade = cascade(major);
        try (Load load = Load.start(cascade.primary, Load.Options.defaults().withThreads(2))) {
            load.awaitCommits(100, PATIENCE);
            Relayed.awaitReplay(cascade.standby, load.lastCommittedLsn());
            load.awaitCommits(load.commits() + 300, PATIENCE);
            assertThat(load.stop().failures()).isZero();
        }
        Lsn end = cascade.primary.flushLsn();
        Relayed.awaitReplay(cascade.standby, end);
        Relayed.awaitReplay(cascade.neighbour, end);

        assertThat(cascade.standby.query(Relayed.CONTENTS)).isEqualTo(cascade.primary.query(Relayed.CONTENTS));
        assertThat(cascade.neighbour.query(Relayed.CONTENTS)).isEqualTo(cascade.primary.query(Relayed.CONTENTS));
        Relayed.requireSameWal(cascade.standby, cascade.primary, TimelineId.FIRST, end);
        Relayed.requireSameWal(cascade.neighbour, cascade.primary, TimelineId.FIRST, end);
        Receiving.requireSame(cascade.relays.nearWal(), cascade.primary, end);
        Receiving.requireSame(cascade.relays.farWal(), cascade.primary, end);
        cascade.requireNoComplaint();
    }

    @OldestAndNewest
    @Order(2)
    void standsInTheViewsOfTheFirstRelayWithItsTransport(int major) {
        Cascade cascade = cascade(major);
        Lsn end = WrittenWal.of(cascade.primary, 100_000);
        Relayed.awaitReplay(cascade.standby, end);

        await().atMost(PATIENCE).untilAsserted(() -> {
            String row = rowOf(TwoRelays.FAR, cascade.relays.nearStatus());
            String flushed = cascade.relays.farFlushed().toString();
            assertThat(row)
                    .contains("\"usename\":\"" + GrpcHop.USER + "\"", "\"client_addr\":\"127.0.0.1\"")
                    .contains("\"state\":\"streaming\"", "\"transport\":\"grpc\"", "\"slot_name\":\"" + SLOT + "\"")
                    .contains("\"sent_lsn\":\"" + flushed + "\"", "\"write_lsn\":\"" + flushed + "\"")
                    .contains("\"flush_lsn\":\"" + flushed + "\"", "\"ahead\":false")
                    .doesNotContain("\"reply_time\":null");
            assertThat(cascade.relays.farFlushed()).isGreaterThanOrEqualTo(end);
            assertThat(rowOf("neighbour", cascade.relays.nearStatus())).contains("\"transport\":\"libpq\"");
            assertThat(cascade.relays.nearStatus()).contains("\"restart_lsn\":\"" + flushed + "\"");
        });
        assertThat(cascade.relays.farStatus())
                .contains("\"sender_host\":\"127.0.0.1\"", "\"sender_port\":" + cascade.relays.hopPort());
        assertThat(cascade.relays.near().status().stdout())
                .contains("port " + cascade.relays.hopPort() + " (grpcs)", "(libpq)");
    }

    private static String rowOf(String application, String status) {
        int at = status.indexOf("\"application_name\":\"" + application + "\"");
        assertThat(at).as(status).isPositive();
        return status.substring(status.lastIndexOf('{', at), status.indexOf('}', at));
    }

    @OldestAndNewest
    @Order(3)
    void passesOnWhatTheStandbyNeedsAndTakesItBack(int major) throws SQLException {
        Cascade cascade = cascade(major);
        cascade.standby.configure("hot_standby_feedback", "on");
        try (Connection session = cascade.standby.connect();
                Statement statement = session.createStatement()) {
            session.setAutoCommit(false);
            session.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            String xmin = only(statement, "SELECT backend_xmin FROM pg_stat_activity WHERE pid = pg_backend_pid()");
            cascade.primary.execute("CREATE TABLE feedback_" + xmin + " ()", "DROP TABLE feedback_" + xmin);

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(cascade.relays.nearStatus()).contains("\"xmin\":" + xmin));
            cascade.primary.await("SELECT backend_xmin = '" + xmin + "'" + ofRelay(), PATIENCE);
        }
        cascade.standby.configure("hot_standby_feedback", "off");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(cascade.relays.nearStatus()).contains("\"xmin\":null"));
        cascade.primary.await("SELECT backend_xmin IS NULL" + ofRelay(), PATIENCE);
        cascade.requireNoComplaint();
    }

    private static String only(Statement statement, String sql) throws SQLException {
        try (ResultSet result = statement.executeQuery(sql)) {
            assertThat(result.next()).isTrue();
            return result.getString(1);
        }
    }

    private static String ofRelay() {
        return " FROM pg_stat_replication WHERE application_name = '" + Relayed.RELAY + "'";
    }

    @OldestAndNewest
    @Order(4)
    void hasWhatThePrimaryCommittedSynchronouslyToTheFirstRelay(int major) throws InterruptedException {
        Cascade cascade = cascade(major);
        cascade.primary.execute("CREATE TABLE synchronous (n int)");
        cascade.primary.configure("synchronous_standby_names", Relayed.RELAY);
        cascade.primary.await("SELECT sync_state = 'sync'" + ofRelay(), PATIENCE);

        cascade.primary.execute("INSERT INTO synchronous VALUES (1)");
        cascade.relays.near().running().signal("STOP");
        Thread commit = new Thread(() -> cascade.primary.execute("INSERT INTO synchronous VALUES (2)"));
        commit.start();
        try {
            cascade.primary.await("SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'", PATIENCE);
        } finally {
            cascade.relays.near().running().signal("CONT");
        }
        commit.join(PATIENCE.toMillis());

        assertThat(commit.isAlive()).isFalse();
        cascade.standby.await("SELECT count(*) = 2 FROM synchronous", PATIENCE);
        cascade.primary.configure("synchronous_standby_names", null);
        cascade.requireNoComplaint();
    }

    @OldestAndNewest
    @Order(5)
    void endsWithTheLastByteOfThePrimaryEverywhere(int major) {
        Cascade cascade = cascade(major);
        Lsn written = WrittenWal.of(cascade.primary, 200_000);
        Relayed.awaitReplay(cascade.standby, written);

        cascade.primary.stop(Mode.FAST);

        Lsn end = ControlFile.of(cascade.primary).endOfCheckpoint(cascade.primary);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(cascade.standby.flushLsn()).isEqualTo(end));
        assertThat(cascade.relays.near().stop().exitCode()).isZero();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(cascade.relays.far().running().stderr())
                        .contains("replication stream was terminated before stop point"));
        assertThat(cascade.relays.far().stop().exitCode()).isZero();
        for (Path wal :
                new Path[] {cascade.relays.nearWal(), cascade.relays.farWal(), cascade.primary.walDirectory()}) {
            Relayed.requireSameWal(cascade.standby, wal, cascade.standby.segmentSize(), TimelineId.FIRST, end);
        }
    }

    /** The primary, two relays, a standby behind the second one and one behind the first. */
    private static final class Cascade implements AutoCloseable {
        private final PostgresServer primary;
        private final TwoRelays relays;
        private final PostgresServer standby;
        private final PostgresServer neighbour;

        private Cascade(int major, Path home) {
            primary = PostgresServer.start(Options.of(major));
            relays = new TwoRelays(home, hop, primary.port(), SLOT, "compression=zstd");
            standby = standby("standby", relays.far().port());
            neighbour = standby("neighbour", relays.near().port());
        }

        private PostgresServer standby(String name, int port) {
            PostgresServer standby = PostgresServer.standbyOf(
                    primary, Relayed.standby(primary.major(), Receiving.conninfo(port) + " application_name=" + name));
            standby.await("SELECT count(*) = 1 FROM pg_stat_wal_receiver WHERE status = 'streaming'", PATIENCE);
            return standby;
        }

        private void requireNoComplaint() {
            Relayed.requireNoComplaint(primary);
            Relayed.requireNoComplaint(standby);
            Relayed.requireNoComplaint(neighbour);
            for (String log : new String[] {
                relays.near().running().stderr(), relays.far().running().stderr()
            }) {
                assertThat(log).doesNotContain("warning", "error", "WARNING", "ERROR", "FATAL");
            }
        }

        @Override
        public void close() {
            neighbour.close();
            standby.close();
            relays.close();
            primary.close();
        }
    }
}
