// SPDX-License-Identifier: Apache-2.0
package io.walcast.quickstart;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.testkit.postgres.PostgresBinaries;
import io.walcast.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The second half of the tour: the server's WAL goes through a relay to a standby that does not know the difference.
 *
 * <p>Threading: one caller.
 */
final class RelayTour {
    private static final int ROWS = 100_000;
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(30);
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final Pattern PORT = Pattern.compile("\"port\" : (\\d+)");
    private static final Pattern STANDBY = Pattern.compile("\"pg_stat_replication\" : \\[ \\{");

    private final TourFiles files;
    private final Narration narration;

    RelayTour(TourFiles files, Narration narration) {
        this.files = files;
        this.narration = narration;
    }

    /** Takes this half with {@code primary}; returns normally if all was as it should be. */
    void run(PostgresServer primary) {
        narration.step("Start a relay: it receives from the server, and serves what it has made durable.");
        String directory = files.relay().toString();
        typeAndRun(List.of("init", "-D", directory));
        letIn();
        List<String> command = List.of(
                "receivewal",
                "-D",
                directory,
                "--serve",
                "127.0.0.1:0",
                "-d",
                "host=127.0.0.1 port=" + primary.port() + " user=" + PostgresServer.USER + " application_name=relay");
        narration.say("%s", ReceiverProcess.typed(command));
        try (ReceiverProcess relay = ReceiverProcess.start(command)) {
            int port = awaitPort();
            primary.await(
                    "SELECT count(*) = 1 FROM pg_stat_replication WHERE application_name = 'relay'"
                            + " AND state = 'streaming'",
                    READY_TIMEOUT);
            feedStandby(primary, port, relay);
        }
    }

    private void stop(ReceiverProcess relay) {
        narration.step("Stop the relay with SIGTERM.");
        int code = relay.stop();
        if (code != 0) {
            throw new TourException("the relay ended with exit code " + code + " (expected: 0)");
        }
        narration.say("It ended with exit code 0, once the standby had confirmed everything.");
    }

    private void feedStandby(PostgresServer primary, int port, ReceiverProcess relay) {
        narration.step("Make a standby from a base backup of the server; its primary_conninfo names the relay.");
        String conninfo = "host=127.0.0.1 port=" + port + " user=" + PostgresServer.USER + " application_name=standby";
        narration.say("primary_conninfo = '%s'", conninfo);
        PostgresServer.Options options = PostgresServer.Options.of(PostgresBinaries.fromClassPath())
                .withDirectory(files.server())
                .withPrimaryConninfo(conninfo);
        try (PostgresServer standby = PostgresServer.standbyOf(primary, options)) {
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
            narration.step("Ask the relay who is there: its pg_stat_replication.");
            awaitStatus(STANDBY, "the relay does not tell of its standby");
            List<String> status = List.of("status", "-D", files.relay().toString());
            narration.say("%s", ReceiverProcess.typed(status));
            narration.say("%s", ReceiverProcess.output(status).strip().replace("\n", "\n   "));
            stop(relay);
        }
    }

    private void typeAndRun(List<String> command) {
        narration.say("%s", ReceiverProcess.typed(command));
        try (ReceiverProcess process = ReceiverProcess.start(command)) {
            int code = process.await();
            if (code != 0) {
                throw new TourException(
                        "walcast " + command.get(0) + " ended with exit code " + code + " (expected: 0)");
            }
        }
    }

    /** Nobody but this machine can come near the tour: no password. */
    private void letIn() {
        write("pg_hba.conf", "host replication " + PostgresServer.USER + " 127.0.0.1/32 trust\n");
        write("users", PostgresServer.USER + " - replication\n");
        narration.say("Its pg_hba.conf lets %s in from this machine.", PostgresServer.USER);
    }

    private void write(String name, String text) {
        Path file = files.relay().resolve(name);
        try {
            Files.writeString(file, text);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the relay tells its port. */
    private int awaitPort() {
        return Integer.parseInt(awaitStatus(PORT, "the relay does not listen").group(1));
    }

    /** Waits until what the relay tells of itself, which it does once a second, has {@code wanted} in it. */
    private Matcher awaitStatus(Pattern wanted, String otherwise) {
        long deadline = System.nanoTime() + READY_TIMEOUT.toNanos();
        while (System.nanoTime() - deadline < 0) {
            try {
                Matcher found = wanted.matcher(Files.readString(files.relay().resolve("status.json")));
                if (found.find()) {
                    return found;
                }
            } catch (NoSuchFileException e) {
                // not yet
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            LockSupport.parkNanos(LOOK_NS);
        }
        throw new TourException(otherwise + " after " + READY_TIMEOUT.toSeconds() + " s");
    }
}
