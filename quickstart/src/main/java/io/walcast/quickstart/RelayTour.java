// SPDX-License-Identifier: Apache-2.0
package io.walcast.quickstart;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.testkit.postgres.PostgresBinaries;
import io.walcast.testkit.postgres.PostgresServer;
import java.time.Duration;

/**
 * The second half of the tour: the server's WAL goes through a relay, or through two with gRPC between them, to a standby that
 * does not know the difference.
 *
 * <p>Threading: one caller.
 */
final class RelayTour {
    private static final int ROWS = 100_000;
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(30);
    private static final String POSTGRESQL = "127.0.0.1:0";

    private final TourFiles files;
    private final Narration narration;

    RelayTour(TourFiles files, Narration narration) {
        this.files = files;
        this.narration = narration;
    }

    /** Takes this half with one relay behind {@code primary}; returns normally if all was as it should be. */
    void run(PostgresServer primary) {
        narration.step("Start a relay: it receives from the server, and serves what it has made durable.");
        try (TourRelay relay = TourRelay.start(files.relay(), narration, conninfo(primary), POSTGRESQL)) {
            awaitRelay(primary);
            try (PostgresServer standby = feedStandby(primary, relay)) {
                narration.step("Ask the relay who is there: its pg_stat_replication.");
                relay.showStatus();
                narration.step("Stop the relay with SIGTERM.");
                relay.stop();
                narration.say("It ended with exit code 0, once the standby had confirmed everything.");
                requireStreamed(standby);
            }
        }
    }

    /** Takes it with two relays, and gRPC between them. */
    void runByGrpc(PostgresServer primary) {
        narration.step("Start a relay: it receives from the server, and serves what it has made durable by gRPC.");
        try (TourRelay near = TourRelay.start(files.relay(), narration, conninfo(primary), "grpc://127.0.0.1:0")) {
            awaitRelay(primary);
            narration.step("Start a second one, as if far away: it receives by gRPC, compressed, and serves standbys.");
            String address = "grpc://" + PostgresServer.USER + "@127.0.0.1:" + near.port("grpc")
                    + "?application_name=far&compression=zstd";
            try (TourRelay far = TourRelay.start(files.secondRelay(), narration, address, POSTGRESQL)) {
                near.awaitStreaming();
                narration.say("Between machines it would be grpcs://, with certificates on both sides.");
                try (PostgresServer standby = feedStandby(primary, far)) {
                    narration.step(
                            "Ask the first relay who is there: the session by gRPC stands there like any other.");
                    near.showStatus();
                    narration.step("Stop both with SIGTERM.");
                    far.stop();
                    near.stop();
                    narration.say("They ended with exit code 0, once who was behind them had confirmed everything.");
                    requireStreamed(standby);
                }
            }
        }
    }

    private static void requireStreamed(PostgresServer standby) {
        String rows = standby.query("SELECT count(*) FROM relayed");
        if (!Integer.toString(ROWS).equals(rows)) {
            throw new TourException(rows + " rows are on the standby (expected: " + ROWS + ")");
        }
    }

    private static String conninfo(PostgresServer primary) {
        return "host=127.0.0.1 port=" + primary.port() + " user=" + PostgresServer.USER + " application_name=relay";
    }

    private static void awaitRelay(PostgresServer primary) {
        primary.await(
                "SELECT count(*) = 1 FROM pg_stat_replication WHERE application_name = 'relay'"
                        + " AND state = 'streaming'",
                READY_TIMEOUT);
    }

    /** Returns a standby behind {@code relay} that has got what was done on the server. */
    private PostgresServer feedStandby(PostgresServer primary, TourRelay relay) {
        narration.step("Make a standby from a base backup of the server; its primary_conninfo names the relay.");
        String conninfo = "host=127.0.0.1 port=" + relay.port("libpq") + " user=" + PostgresServer.USER
                + " application_name=standby";
        narration.say("primary_conninfo = '%s'", conninfo);
        PostgresServer.Options options = PostgresServer.Options.of(PostgresBinaries.fromClassPath())
                .withDirectory(files.server())
                .withPrimaryConninfo(conninfo);
        PostgresServer standby = PostgresServer.standbyOf(primary, options);
        try {
            standby.await("SELECT count(*) = 1 FROM pg_stat_wal_receiver WHERE status = 'streaming'", READY_TIMEOUT);
            primary.execute("CREATE TABLE relayed AS SELECT generate_series(1, " + ROWS + ") AS n");
            Lsn end = primary.flushLsn();
            standby.await("SELECT pg_last_wal_replay_lsn() >= '" + end + "'", READY_TIMEOUT);
            narration.say(
                    "%s rows inserted on the server are on the standby. It takes the relay for a PostgreSQL:",
                    requireNonNull(standby.query("SELECT count(*) FROM relayed")));
            narration.say(
                    "%s",
                    requireNonNull(
                            standby.query("SELECT 'pg_stat_wal_receiver: ' || status || ', ' || sender_host || ':'"
                                    + " || sender_port || ', timeline ' || received_tli || ', flushed up to '"
                                    + " || flushed_lsn FROM pg_stat_wal_receiver")));
            return standby;
        } catch (RuntimeException | Error e) {
            standby.close();
            throw e;
        }
    }
}
