// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static io.walcast.postmaster.WalcastProgram.awaitMessage;
import static io.walcast.postmaster.WalcastProgram.pgReceivewal;
import static io.walcast.postmaster.WalcastProgram.walcast;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.testkit.postgres.Load;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.Tool;
import io.walcast.testkit.postgres.Tool.Result;
import io.walcast.testkit.postgres.Tool.Running;
import io.walcast.testkit.postgres.WalFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ReceiveWalIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private static PostgresServer server;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        server = PostgresServer.start(PostgresServer.Options.of(18).withWalSegmentSizeMb(1));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void receivesUpToTheEndPosition() throws IOException {
        Lsn end = server.flushLsn();
        try (Running receiver = pgReceivewal().start(with("-v", "-n", "--synchronous", "-E" + end))) {
            awaitMessage(receiver, "starting log streaming at ");
            try (Load load = Load.start(server, Load.Options.defaults().withPayloadBytes(100_000))) {
                load.awaitCommits(30, TIMEOUT);
            }

            Result result = receiver.await(TIMEOUT);
            assertThat(result.stderr().lines())
                    .anyMatch(line -> line.matches("pg_receivewal: stopped log streaming at .*/.* \\(timeline 1\\)"))
                    .allMatch(line -> line.startsWith("pg_receivewal: "));
            assertThat(result.exitCode()).isZero();
            assertThat(result.stdout()).isEmpty();
        }
        assertThat(files()).filteredOn(name -> name.endsWith(".partial")).hasSize(1);
        assertThat(WalFiles.compare(directory, server, end).differences()).isEmpty();
    }

    @Test
    void makesAndDropsASlot() {
        assertThat(run(pgReceivewal(), "--slot", "made", "--create-slot").stderr())
                .isEmpty();
        assertThat(server.query("SELECT slot_type || coalesce(restart_lsn::text, ' null') FROM pg_replication_slots"
                        + " WHERE slot_name = 'made'"))
                .isEqualTo("physical null");

        assertThat(run(pgReceivewal(), "--slot", "made", "--create-slot", "--if-not-exists")
                        .exitCode())
                .isZero();
        Result again = run(pgReceivewal(), "--slot", "made", "--create-slot");
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.stderr().strip())
                .isEqualTo(
                        "pg_receivewal: error: could not send replication command"
                                + " \"CREATE_REPLICATION_SLOT \"made\" PHYSICAL\": ERROR:  replication slot \"made\" already exists");

        assertThat(run(walcast(), "receivewal", "-v", "--slot", "made", "--drop-slot")
                        .stderr()
                        .strip())
                .isEqualTo("walcast receivewal: dropping replication slot \"made\"");
        assertThat(server.query("SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'made'"))
                .isEqualTo("0");
    }

    @Test
    void endsWhenTheSlotDoesNotExist() {
        Result result = pgReceivewal().run(TIMEOUT, with("--slot", "nonexistentslot", "-n"));

        assertThat(result.stderr())
                .contains("pg_receivewal: error: replication slot \"nonexistentslot\" does not exist");
        assertThat(result.exitCode()).isEqualTo(1);

        assertThat(walcast().run(TIMEOUT, command("--slot", "nonexistentslot")).exitCode())
                .isEqualTo(78);
    }

    @Test
    void beginsWhereTheSlotWasLeft() throws IOException {
        server.execute("SELECT pg_create_physical_replication_slot('left', true)");
        String first = requireNonNull(
                server.query("SELECT pg_walfile_name(restart_lsn) FROM pg_replication_slots WHERE slot_name = 'left'"));
        server.execute("CREATE TABLE left_rows AS SELECT generate_series(1, 50000)");
        server.switchWal();
        Lsn end = server.flushLsn();
        server.execute("SELECT pg_logical_emit_message(true, 'x', 'y')");

        Result result = pgReceivewal().run(TIMEOUT, with("-S", "left", "-n", "-E" + end));

        assertThat(result.stderr()).contains("not renaming \"");
        assertThat(result.exitCode()).isZero();
        assertThat(files()).first().isEqualTo(first);
        server.execute("SELECT pg_drop_replication_slot('left')");
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP"})
    void endsInGoodOrderOnASignal(String signal) {
        try (Running receiver = walcast().start(command("-v", "--synchronous"))) {
            awaitMessage(receiver, "starting log streaming at ");
            awaitStreaming();
            receiver.signal(signal);

            Result result = receiver.await(TIMEOUT);
            assertThat(result.stderr()).contains("walcast receivewal: received interrupt signal, exiting");
            assertThat(result.exitCode()).isZero();
        }
    }

    @Test
    void endsAtOnceOnASecondSignal() {
        try (Running receiver = walcast().start(command("-v", "--synchronous"))) {
            awaitStreaming();
            long sender = Long.parseLong(requireNonNull(server.query("SELECT pid FROM pg_stat_replication")));
            Tool kill = Tool.of(Path.of("/bin/kill"));
            kill.run(TIMEOUT, "-STOP", Long.toString(sender)).requireSuccess();
            try {
                receiver.terminate();
                awaitMessage(receiver, "starting log streaming at ");
                receiver.signal("TERM");

                assertThat(receiver.await(TIMEOUT).exitCode()).isIn(0, 143);
            } finally {
                kill.run(TIMEOUT, "-CONT", Long.toString(sender)).requireSuccess();
            }
        }
    }

    @Test
    void comesBackAfterTheServerDid() {
        try (Running receiver = pgReceivewal().start(with("-v", "--synchronous"))) {
            awaitStreaming();
            server.stop(PostgresServer.Mode.FAST);
            awaitMessage(receiver, "pg_receivewal: error: replication stream was terminated before stop point");
            awaitMessage(receiver, "pg_receivewal: disconnected; waiting 5 seconds to try again");
            server.start();
            awaitStreaming();
            Lsn end = server.flushLsn();
            server.await("SELECT flush_lsn >= '" + end + "' FROM pg_stat_replication", TIMEOUT);
            receiver.interrupt();

            assertThat(receiver.await(TIMEOUT).exitCode()).isZero();
            assertThat(WalFiles.compare(directory, server, end).differences()).isEmpty();
        }
    }

    @Test
    void endsWhenTheFirstConnectionFails() {
        Result result =
                pgReceivewal().run(TIMEOUT, "-D", directory.toString(), "-d", "host=127.0.0.1 port=1 user=nobody");

        assertThat(result.stderr())
                .startsWith(
                        "pg_receivewal: error: connection to server at \"127.0.0.1\", port 1 failed: Connection refused")
                .doesNotContain("disconnected");
        assertThat(result.exitCode()).isEqualTo(1);
    }

    @Test
    void reportsPlainLinesWhereThereIsNoTerminal() {
        try (Running receiver = walcast().start(command("--synchronous", "--progress"))) {
            awaitStreaming();
            server.switchWal();
            awaitMessage(receiver, "B/s  lag ");
            receiver.terminate();

            assertThat(receiver.await(TIMEOUT).stderr()).doesNotContain("\u001b", "\r");
        }
    }

    @Test
    void leavesADirectoryAloneThatIsInUse() {
        try (Running receiver = walcast().start(command())) {
            awaitStreaming();

            Result second = walcast().run(TIMEOUT, command());
            assertThat(second.exitCode()).isEqualTo(75);
            assertThat(receiver.isRunning()).isTrue();
        }
    }

    @Test
    void endsForGoodWhenTheDiskFails() {
        Tool program = walcast();
        Tool limited = new Tool(Path.of("/bin/sh"), program.environment());
        String[] script = {
            "-c", "ulimit -f 1000; exec \"$0\" \"$@\"", program.program().toString()
        };

        Result result = limited.run(
                TIMEOUT, Stream.concat(Stream.of(script), Stream.of(command())).toArray(String[]::new));

        assertThat(result.stderr()).contains("File too large", "walcast receivewal: error: giving up");
        assertThat(result.exitCode()).isEqualTo(74);
    }

    @Test
    void behavesAsPgReceivewalUnderThatName() throws IOException {
        Path link = Files.createSymbolicLink(
                directory.resolve("pg_receivewal"), walcast().program());
        Tool linked = new Tool(link, walcast().environment());

        assertThat(linked.run(TIMEOUT, "--version").stdout()).startsWith("pg_receivewal (PostgreSQL) 18.");
        assertThat(linked.run(TIMEOUT, "-x").stderr()).startsWith(link + ": invalid option -- 'x'");
        assertThat(linked.run(TIMEOUT, "-x").exitCode()).isEqualTo(1);
        Files.delete(link);
    }

    @Test
    void keepsFilesFromOthers() throws IOException {
        try (Running receiver = walcast().start(command("--synchronous"))) {
            awaitStreaming();
            server.switchWal();
            server.await("SELECT flush_lsn >= pg_current_wal_flush_lsn() FROM pg_stat_replication", TIMEOUT);
            receiver.terminate();
            receiver.await(TIMEOUT).requireSuccess();
        }
        for (String name : files()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name))))
                    .isEqualTo("rw-------");
        }
    }

    private void awaitStreaming() {
        server.await("SELECT count(*) = 1 FROM pg_stat_replication WHERE state = 'streaming'", TIMEOUT);
    }

    private Result run(Tool tool, String... arguments) {
        String[] all = Stream.concat(Stream.of(arguments), Stream.of("-d", server.conninfo("")))
                .toArray(String[]::new);
        return tool.run(TIMEOUT, all);
    }

    private String[] with(String... more) {
        return Stream.concat(Stream.of("-D", directory.toString(), "-d", server.conninfo("")), Stream.of(more))
                .toArray(String[]::new);
    }

    private String[] command(String... more) {
        return Stream.concat(Stream.of("receivewal"), Stream.of(with(more))).toArray(String[]::new);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }
}
