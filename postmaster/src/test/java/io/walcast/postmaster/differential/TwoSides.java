// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.differential;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.postmaster.NodeDirectory;
import io.walcast.postmaster.RelayNode;
import io.walcast.postmaster.ServingProgram;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Mode;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A cluster that was promoted once, a standby in it and a relay of it. Nothing writes any WAL.
 *
 * <p>Threading: one owner thread.
 */
final class TwoSides implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String[] RULES = {
        "local all all trust",
        "host all rejected 127.0.0.1/32 reject",
        "host replication rejected 127.0.0.1/32 reject",
        "host all all 127.0.0.1/32 trust",
        "host replication all 127.0.0.1/32 trust"
    };

    private final PostgresServer primary;
    private final PostgresServer standby;
    private final RelayNode relay;
    private final Site site;

    private TwoSides(PostgresServer primary, PostgresServer standby, RelayNode relay, Site site) {
        this.primary = primary;
        this.standby = standby;
        this.relay = relay;
        this.site = site;
    }

    static TwoSides start(int major, Path directory) {
        Options quiet = Options.of(major)
                .withConfiguration("timezone", "GMT")
                .withConfiguration("autovacuum", "off")
                .withConfiguration("bgwriter_delay", "10s")
                .withConfiguration("checkpoint_timeout", "1d")
                .withConfiguration("hot_standby_feedback", "off")
                .withConfiguration("wal_receiver_status_interval", "0")
                .withConfiguration("wal_retrieve_retry_interval", "100ms");
        ServingProgram.initialize(directory, false, "max_replication_slots = 20", "max_wal_senders = 20");
        ServingProgram.write(directory.resolve("pg_hba.conf"), String.join("\n", RULES) + "\n");
        ServingProgram.write(directory.resolve("users"), "replicator - replication\nplain -\nrejected - replication\n");
        try (PostgresServer first = PostgresServer.start(quiet)) {
            first.execute(
                    "CREATE ROLE replicator LOGIN REPLICATION",
                    "CREATE ROLE rejected LOGIN REPLICATION",
                    "CREATE ROLE plain LOGIN",
                    "CREATE TABLE t AS SELECT generate_series(1, 20000) AS n",
                    "SELECT pg_switch_wal()");
            PostgresServer second = PostgresServer.standbyOf(first, quiet);
            PostgresServer third = PostgresServer.standbyOf(first, quiet.withPrimaryConninfo(second.conninfo("")));
            RelayNode relay = new RelayNode(NodeDirectory.laidOut(directory));
            relay.receiveFrom(first.conninfo(""));
            first.execute("INSERT INTO t SELECT generate_series(1, 20000)");
            first.stop(Mode.FAST);
            third.await(
                    "SELECT NOT EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming'"
                            + " AND flushed_lsn < pg_last_wal_receive_lsn())",
                    PATIENCE);
            second.promote();
            second.setHba(RULES);
            third.setHba(RULES);
            relay.receiveFrom(second.conninfo(""));
            second.execute("INSERT INTO t SELECT generate_series(1, 20000)", "CHECKPOINT");
            Lsn end = second.flushLsn();
            awaitBoth(third, relay, end);
            Lsn switchPoint = Lsn.parse(requireNonNull(
                    second.query("SELECT split_part(pg_read_file('pg_wal/00000002.history'), E'\\t', 2)")));
            Site site = new Site(end, switchPoint, second.segmentSize(), Lsn.parse("0/1000000"));
            return new TwoSides(second, third, relay, site);
        }
    }

    private static void awaitBoth(PostgresServer standby, RelayNode relay, Lsn end) {
        relay.awaitFlush(end);
        standby.await("SELECT pg_last_wal_replay_lsn() >= '" + end + "'", PATIENCE);
    }

    /** Returns where both are, as soon as both are there. */
    Site site() {
        await().atMost(PATIENCE).until(() -> {
            Lsn end = primary.flushLsn();
            return end.equals(relay.flushedUpto()) && end.equals(standby.flushLsn());
        });
        return new Site(relay.flushedUpto(), site.switchPoint(), site.size(), site.old());
    }

    /** Returns where the server is that answers in this role. */
    InetSocketAddress theirs(Reference reference) {
        PostgresServer server = switch (reference) {
            case PRIMARY -> primary;
            case STANDBY -> standby;
        };
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
    }

    InetSocketAddress ours() {
        return relay.address();
    }

    /** Asks the standby to shut down fast, and does not wait. */
    void stopStandby() {
        standby.requestStop(Mode.FAST);
    }

    /** Asks the relay to shut down, and does not wait. */
    void stopRelay() {
        relay.stopReceiving();
        relay.stop();
    }

    @Override
    public void close() {
        relay.close();
        standby.close();
        primary.close();
    }
}
