// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.postmaster.ServingProgram;
import io.walcast.testkit.postgres.Load;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real standby with a slot on our relay, next to one with a slot on the primary itself. */
@Timeout(90)
class StandbyIT {
    private static final String SLOT = "standby";
    private static final Map<Integer, Cascade> cascades = new TreeMap<>();

    @TempDir
    private static Path root;

    @AfterAll
    static void closeAll() {
        cascades.values().forEach(Cascade::close);
        cascades.clear();
    }

    private static Cascade cascade(int major) {
        return cascades.computeIfAbsent(major, absent -> new Cascade(absent, root.resolve(Integer.toString(absent))));
    }

    @EachMajor
    void catchesUpAndStreamsUnderLoad(int major) {
        Cascade cascade = cascade(major);
        try (Load load = Load.start(cascade.primary, Load.Options.defaults().withThreads(2))) {
            load.awaitCommits(100, PATIENCE);
            // Only then is the table itself there.
            Relayed.awaitReplay(cascade.standby, load.lastCommittedLsn());
            assertThat(cascade.standby.query("SELECT count(*) > 0 FROM walcast_load"))
                    .isEqualTo("t");
            load.awaitCommits(load.commits() + 300, PATIENCE);
            assertThat(load.stop().failures()).isZero();
        }
        Lsn end = cascade.primary.flushLsn();
        Relayed.awaitReplay(cascade.standby, end);

        assertThat(cascade.standby.query(Relayed.CONTENTS)).isEqualTo(cascade.primary.query(Relayed.CONTENTS));
        Relayed.requireSameWal(cascade.standby, cascade.primary, TimelineId.FIRST, end);
        Receiving.requireSame(cascade.home.resolve("pg_wal"), cascade.primary, end);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(cascade.status())
                        .contains("\"application_name\":\"walreceiver\"", "\"slot_name\":\"" + SLOT + "\"")
                        .contains("\"state\":\"streaming\"", "\"flush_lsn\":\"" + cascade.standby.flushLsn() + "\""));
        cascade.requireNoComplaint();
    }

    @EachMajor
    void tellsThePrimaryThroughUsWhatItNeedsAndTakesItBack(int major) throws SQLException {
        Cascade cascade = cascade(major);
        cascade.standby.configure("hot_standby_feedback", "on");
        try (Connection session = cascade.standby.connect();
                Statement statement = session.createStatement()) {
            session.setAutoCommit(false);
            session.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            String xmin = only(statement, "SELECT backend_xmin FROM pg_stat_activity WHERE pid = pg_backend_pid()");
            cascade.primary.execute("CREATE TABLE feedback_" + xmin + " ()", "DROP TABLE feedback_" + xmin);

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(cascade.status()).contains("\"xmin\":" + xmin));
            cascade.primary.await("SELECT backend_xmin = '" + xmin + "'" + ofRelay(), PATIENCE);
        }
        cascade.standby.configure("hot_standby_feedback", "off");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(cascade.status()).contains("\"xmin\":null"));
        cascade.primary.await("SELECT backend_xmin IS NULL" + ofRelay(), PATIENCE);
        cascade.requireNoComplaint();
    }

    private static String ofRelay() {
        return " FROM pg_stat_replication WHERE application_name = '" + Relayed.RELAY + "'";
    }

    @EachMajor
    void showsWhatItShowsBehindPostgres(int major) {
        Cascade cascade = cascade(major);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(walReceiver(cascade.standby, cascade.relay.port()))
                        .isEqualTo(walReceiver(cascade.neighbour, cascade.primary.port()))
                        .containsEntry("status", "streaming")
                        .containsEntry("sender_host", "127.0.0.1")
                        .containsEntry("slot_name", SLOT)
                        .containsEntry("received_tli", "1"));
    }

    /** Returns the row of the view, without what differs between any two receivers. */
    private static Map<String, String> walReceiver(PostgresServer standby, int port) {
        Map<String, String> row = new TreeMap<>();
        try (Connection session = standby.connect();
                Statement statement = session.createStatement();
                ResultSet view = statement.executeQuery("SELECT * FROM pg_stat_wal_receiver")) {
            assertThat(view.next()).isTrue();
            for (int i = 1; i <= view.getMetaData().getColumnCount(); i++) {
                String column = view.getMetaData().getColumnName(i);
                String value = String.valueOf(view.getString(i)).replaceAll("\\b" + port + "\\b", "PORT");
                boolean isOwn = column.equals("pid") || (column.endsWith("_time") && !value.equals("null"));
                boolean isOfBackup = column.equals("receive_start_lsn") && value.endsWith("000000");
                row.put(column, isOwn ? "its own" : isOfBackup ? "the start of a segment" : value);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return row;
    }

    @EachMajor
    void hasWhatThePrimaryCommittedSynchronouslyToTheRelay(int major) throws InterruptedException {
        Cascade cascade = cascade(major);
        cascade.primary.execute("CREATE TABLE synchronous (n int)");
        cascade.primary.configure("synchronous_standby_names", Relayed.RELAY);
        cascade.primary.await("SELECT sync_state = 'sync'" + ofRelay(), PATIENCE);

        cascade.primary.execute("INSERT INTO synchronous VALUES (1)");
        cascade.relay.running().signal("STOP");
        Thread commit = new Thread(() -> cascade.primary.execute("INSERT INTO synchronous VALUES (2)"));
        commit.start();
        try {
            cascade.primary.await("SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'", PATIENCE);
        } finally {
            cascade.relay.running().signal("CONT");
        }
        commit.join(PATIENCE.toMillis());

        assertThat(commit.isAlive()).isFalse();
        Relayed.awaitReplay(cascade.standby, cascade.primary.flushLsn());
        assertThat(cascade.standby.query("SELECT count(*) = 2 FROM synchronous"))
                .isEqualTo("t");
        cascade.primary.configure("synchronous_standby_names", null);
        cascade.requireNoComplaint();
    }

    private static String only(Statement statement, String sql) throws SQLException {
        try (ResultSet result = statement.executeQuery(sql)) {
            assertThat(result.next()).isTrue();
            return result.getString(1);
        }
    }

    /** The primary, the relay, the standby behind it, and one behind the primary. */
    private static final class Cascade implements AutoCloseable {
        private final Path home;
        private final PostgresServer primary;
        private final ServingProgram relay;
        private final PostgresServer standby;
        private final PostgresServer neighbour;

        private Cascade(int major, Path home) {
            this.home = home;
            Relayed.initialize(home);
            primary = PostgresServer.start(Options.of(major));
            relay = Relayed.relay(home, primary.port());
            Relayed.awaitRelay(primary);
            Relayed.createSlot(relay, SLOT);
            primary.execute("SELECT pg_create_physical_replication_slot('" + SLOT + "')");
            standby = PostgresServer.standbyOf(primary, standby(major, relay.port()));
            neighbour = PostgresServer.standbyOf(primary, standby(major, primary.port()));
            standby.await("SELECT count(*) = 1 FROM pg_stat_wal_receiver WHERE status = 'streaming'", PATIENCE);
        }

        private static Options standby(int major, int port) {
            return Relayed.standby(major, Receiving.conninfo(port)).withPrimarySlotName(SLOT);
        }

        private String status() {
            return Relayed.status(home);
        }

        private void requireNoComplaint() {
            Relayed.requireNoComplaint(primary);
            Relayed.requireNoComplaint(standby);
            assertThat(relay.running().stderr()).doesNotContain("warning", "error", "WARNING", "ERROR", "FATAL");
        }

        @Override
        public void close() {
            neighbour.close();
            standby.close();
            relay.close();
            primary.close();
        }
    }
}
