// SPDX-License-Identifier: Apache-2.0
package io.walcast.quickstart;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.testkit.postgres.Load;
import io.walcast.testkit.postgres.PostgresBinaries;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.WalFiles;
import io.walcast.testkit.postgres.WalFiles.Comparison;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The steps of the tour. */
final class Tour {
    private static final String NAME = "quickstart";
    private static final int SESSIONS = 4;
    private static final int PAYLOAD_BYTES = 8000;
    private static final long LOAD_S = 4;
    private static final long ABSENCE_S = 2;
    private static final double MB = 1 << 20;
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(30);

    private final TourFiles files;
    private final Narration narration;
    private final boolean grpc;

    /** Makes the tour; with {@code grpc} there are two relays, and gRPC between them. */
    Tour(TourFiles files, Narration narration, boolean grpc) {
        this.files = files;
        this.narration = narration;
        this.grpc = grpc;
    }

    /** Takes the tour; returns normally if all was as it should be. */
    void run() {
        narration.plain(
                "Walcast quickstart: a PostgreSQL whose commits wait for a receiver, and a relay. Half a minute.");
        narration.step("Start PostgreSQL.");
        long startNs = System.nanoTime();
        PostgresServer.Options options =
                PostgresServer.Options.of(PostgresBinaries.fromClassPath()).withDirectory(files.server());
        try (PostgresServer server = PostgresServer.start(options)) {
            narration.say(
                    "PostgreSQL %s listens on 127.0.0.1:%d (%.1f s).",
                    requireNonNull(server.query("SHOW server_version")),
                    server.port(),
                    Narration.secondsSince(startNs));
            createSlot(server);
            receive(server);
            RelayTour relayTour = new RelayTour(files, narration);
            if (grpc) {
                relayTour.runByGrpc(server);
            } else {
                relayTour.run(server);
            }
        }
        sayGoodbye();
    }

    private void createSlot(PostgresServer server) {
        narration.step("Create a replication slot, so that the server keeps WAL we have not got yet.");
        List<String> command = List.of("receivewal", "--create-slot", "--slot=" + NAME, "-d", conninfo(server));
        narration.say("%s", ReceiverProcess.typed(command));
        try (ReceiverProcess process = ReceiverProcess.start(command)) {
            requireCode(0, process.await());
        }
    }

    private void receive(PostgresServer server) {
        Lsn begin = server.flushLsn();
        narration.step("Receive, in a process of its own; synchronous_standby_names makes every commit wait for it.");
        List<String> command = List.of(
                "receivewal",
                "-D",
                files.wal().toString(),
                "--slot=" + NAME,
                "--synchronous",
                "--progress",
                "-d",
                conninfo(server) + " application_name=" + NAME);
        narration.say("%s", ReceiverProcess.typed(command));
        Outcome outcome = receiveAndKill(server, command);
        narration.step("Compare what was received with the server's own files.");
        Comparison comparison = WalFiles.compare(files.wal(), server, outcome.end());
        if (!comparison.isEqual()) {
            throw new TourException("the files differ: " + String.join("; ", comparison.differences()));
        }
        narration.say(
                "%d segments, %.0f MB up to %s: equal, byte by byte.",
                comparison.segments(), comparison.bytes() / MB, outcome.end());
        summarize(outcome, outcome.end().minus(begin), comparison);
    }

    /** What receiving came to. */
    private record Outcome(long commits, Lsn end) {}

    private Outcome receiveAndKill(PostgresServer server, List<String> command) {
        Load.Options options = Load.Options.defaults().withThreads(SESSIONS).withPayloadBytes(PAYLOAD_BYTES);
        try (ReceiverProcess first = ReceiverProcess.start(command)) {
            server.configure("synchronous_standby_names", NAME);
            awaitSynchronous(server);
            try (Load load = Load.start(server, options)) {
                loadFor(LOAD_S);
                killUnderLoad(first, load, server);
                return goOn(command, load, server);
            } finally {
                // Whatever still waits for the receiver may go now.
                server.configure("synchronous_standby_names", "");
            }
        }
    }

    private void killUnderLoad(ReceiverProcess receiver, Load load, PostgresServer server) {
        receiver.kill();
        endProgressLine();
        narration.step("Kill the receiver with SIGKILL, under load.");
        // An acknowledgement may still be on its way through the server.
        pause(TimeUnit.MILLISECONDS.toNanos(500));
        long before = load.commits();
        Lsn acknowledged = load.lastCommittedLsn();
        pause(TimeUnit.SECONDS.toNanos(ABSENCE_S));
        long without = load.commits() - before;
        if (without > 0) {
            throw new TourException(without + " commits went through without the receiver");
        }
        Comparison comparison = WalFiles.compare(files.wal(), server, acknowledged);
        if (!comparison.isEqual()) {
            throw new TourException("acknowledged WAL is missing: " + String.join("; ", comparison.differences()));
        }
        narration.say("%,d commits so far. While nobody receives, commits wait: none in %d s.", before, ABSENCE_S);
        narration.say("All that was acknowledged, up to %s, is in the killed receiver's files.", acknowledged);
    }

    private Outcome goOn(List<String> command, Load load, PostgresServer server) {
        narration.step("Start it again, with the same command.");
        long startNs = System.nanoTime();
        long before = load.commits();
        try (ReceiverProcess second = ReceiverProcess.start(command)) {
            load.awaitCommits(before + 1, READY_TIMEOUT);
            double pauseSeconds = Narration.secondsSince(startNs);
            loadFor(LOAD_S);
            long commits = load.stop().commits();
            Lsn end = server.flushLsn();
            server.await(
                    "SELECT flush_lsn >= '%s' FROM pg_stat_replication WHERE application_name = '%s'"
                            .formatted(end, NAME),
                    READY_TIMEOUT);
            int code = second.stop();
            narration.say("Commits went on after %.1f s; %,d in all.", pauseSeconds, commits);
            narration.step("Stop it with SIGTERM.");
            requireCode(0, code);
            narration.say("It ended with exit code 0.");
            return new Outcome(commits, end);
        }
    }

    private void summarize(Outcome outcome, long walBytes, Comparison comparison) {
        narration.plain("");
        narration.plain(
                "In %.0f s: %,d commits, each on the receiver's disk before its client heard of it; %.0f MB of WAL,",
                narration.elapsedSeconds(), outcome.commits(), walBytes / MB);
        narration.plain(
                "%d segments equal to the server's, through one kill -9, with nothing lost.", comparison.segments());
    }

    private void sayGoodbye() {
        narration.plain("");
        narration.plain("All of it took %.0f s.", narration.elapsedSeconds());
        if (files.keep()) {
            narration.plain("The received WAL is in %s", files.wal());
        }
        narration.plain("Next: walcast receivewal --help, walcast serve --help, and with a server of your own:");
        narration.plain("  walcast receivewal -D DIRECTORY --synchronous --progress -d 'host=… user=…'");
    }

    private static void awaitSynchronous(PostgresServer server) {
        server.await(
                "SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync' AND application_name = '" + NAME
                        + "'",
                READY_TIMEOUT);
    }

    private static String conninfo(PostgresServer server) {
        return "host=127.0.0.1 port=" + server.port() + " user=" + PostgresServer.USER;
    }

    private static void requireCode(int expected, int code) {
        if (code != expected) {
            throw new TourException("the receiver ended with exit code " + code + " (expected: " + expected + ")");
        }
    }

    private static void loadFor(long seconds) {
        pause(TimeUnit.SECONDS.toNanos(seconds));
    }

    private static void pause(long ns) {
        try {
            TimeUnit.NANOSECONDS.sleep(ns);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TourException("interrupted");
        }
    }

    /** A killed process leaves its line on the terminal unfinished. */
    private void endProgressLine() {
        if (Boolean.getBoolean("walcast.terminal")) {
            narration.plain("");
        }
    }
}
