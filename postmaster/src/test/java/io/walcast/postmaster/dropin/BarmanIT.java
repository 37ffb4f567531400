// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.dropin;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.postmaster.WalcastProgram;
import io.walcast.testkit.RequiresTool;
import io.walcast.testkit.ToolPath;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.Tool;
import io.walcast.testkit.postgres.Tool.Result;
import io.walcast.testkit.postgres.Tool.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** barman with our program in place of {@code pg_receivewal}, first in its {@code path_prefix}: it does not notice. */
@RequiresTool(
        value = {"barman", "pg_basebackup"},
        group = "barman")
@Timeout(180)
class BarmanIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final String IS_STREAMING = "SELECT count(*) = 1 FROM pg_stat_replication"
            + " WHERE application_name = 'barman_receive_wal' AND state = 'streaming' AND ";

    @TempDir
    private Path home;

    private Tool barman;

    @BeforeEach
    void putProgramInPath() throws IOException {
        Path bin = Files.createDirectory(home.resolve("bin"));
        Tool program = WalcastProgram.walcast();
        Files.createSymbolicLink(
                bin.resolve("pg_receivewal"), program.program().toAbsolutePath().normalize());
        barman = Tool.of(ToolPath.require("barman"));
        for (String variable : List.of("JAVA_HOME", "WALCAST_OPTS")) {
            barman = barman.withEnvironment(
                    variable, requireNonNull(program.environment().get(variable)));
        }
    }

    @AfterEach
    void removeLink() throws IOException {
        Files.delete(home.resolve("bin/pg_receivewal"));
    }

    @Test
    void receivesArchivesChecksStopsAndResets() throws IOException {
        try (PostgresServer server =
                PostgresServer.start(PostgresServer.Options.of(15).withWalSegmentSizeMb(1))) {
            configure(server);
            run("receive-wal", "--create-slot", "main");
            try (Running receiver = start("receive-wal", "main")) {
                server.await(IS_STREAMING + "sync_state = 'async'", TIMEOUT);
                run("switch-wal", "--archive", "--archive-timeout", "60", "main");
                run("archive-wal", "main");
                assertThat(run("check", "main").stdout())
                        .contains("pg_receivexlog compatible: OK", "receive-wal running: OK");
                assertThat(archived()).isNotEmpty();
                run("receive-wal", "--stop", "main");
                assertThat(receiver.await(TIMEOUT).exitCode()).isZero();
            }
            isSynchronous(server);
            resets(server);
            assertThat(home.resolve("barman.log")).content().doesNotContain("ERROR", "Traceback");
            assertThat(wals("main/errors")).isEmpty();
        }
    }

    /** barman asks for {@code --synchronous} where the server waits for its receiver. */
    private void isSynchronous(PostgresServer server) {
        server.configure("synchronous_standby_names", "barman_receive_wal");
        try (Running receiver = start("receive-wal", "main")) {
            server.await(IS_STREAMING + "sync_state = 'sync'", TIMEOUT);
            server.execute("CREATE TABLE committed AS SELECT generate_series(1, 1000)");
            run("receive-wal", "--stop", "main");
            receiver.await(TIMEOUT).requireSuccess();
        } finally {
            server.configure("synchronous_standby_names", null);
        }
    }

    /** A receiver that was left behind for good is set to where the server is, by an empty {@code .partial}. */
    private void resets(PostgresServer server) throws IOException {
        run("receive-wal", "--drop-slot", "main");
        for (int i = 0; i < 3; i++) {
            server.execute("SELECT pg_logical_emit_message(true, 'barman', 'x')");
            server.switchWal();
        }
        server.execute("SELECT pg_logical_emit_message(true, 'barman', 'x')");
        run("receive-wal", "--create-slot", "main");
        assertThat(run("receive-wal", "--reset", "main").stdout()).contains("Creating status file");
        try (Running receiver = start("receive-wal", "main")) {
            server.await(IS_STREAMING + "write_lsn >= pg_current_wal_flush_lsn() - 1048576", TIMEOUT);
            String closed = requireNonNull(server.query("SELECT pg_walfile_name(pg_switch_wal())"));
            await().atMost(TIMEOUT).untilAsserted(() -> {
                run("archive-wal", "main");
                assertThat(archived()).contains(closed);
            });
            run("receive-wal", "--stop", "main");
            receiver.await(TIMEOUT).requireSuccess();
        }
    }

    private void configure(PostgresServer server) throws IOException {
        String conninfo = server.conninfo("");
        Files.writeString(home.resolve("barman.conf"), """
                [barman]
                barman_user = %s
                barman_home = %s
                log_file = %s/barman.log
                path_prefix = %s/bin
                [main]
                description = drop-in
                conninfo = %s
                streaming_conninfo = %s
                backup_method = postgres
                streaming_archiver = on
                slot_name = barman
                """.formatted(
                        System.getProperty("user.name"), home, home, home, conninfo, conninfo));
    }

    private List<String> archived() throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve("main/wals"))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[0-9A-F]{24}"))
                    .sorted()
                    .toList();
        }
    }

    private List<Path> wals(String folder) throws IOException {
        try (Stream<Path> files = Files.list(home.resolve(folder))) {
            return files.toList();
        }
    }

    private Result run(String... arguments) {
        return barman.run(TIMEOUT, with(arguments)).requireSuccess();
    }

    private Running start(String... arguments) {
        return barman.start(with(arguments));
    }

    private String[] with(String... arguments) {
        return Stream.concat(Stream.of("-c", home.resolve("barman.conf").toString()), Stream.of(arguments))
                .toArray(String[]::new);
    }
}
