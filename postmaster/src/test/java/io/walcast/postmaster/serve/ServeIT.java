// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.postmaster.ExitCodes;
import io.walcast.postmaster.ServingProgram;
import io.walcast.testkit.RequiresTool;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.Tool;
import io.walcast.testkit.postgres.Tool.Result;
import io.walcast.testkit.postgres.WalFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An archive that a real server has filled, plain and compressed, is served as the server itself would serve it. */
@RequiresTool("pg_receivewal")
@Timeout(180)
class ServeIT {
    @TempDir
    private Path folder;

    private Path archive;
    private Path copy;

    @BeforeEach
    void makeDirectories() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        archive = Files.createDirectory(folder.resolve("archive"));
        Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("rwxrwxrwx"));
        copy = Files.createDirectory(folder.resolve("copy"));
    }

    @Test
    void pgReceivewalGetsAllOfAnArchiveByteForByte() throws IOException {
        try (PostgresServer server = PostgresServer.start(PostgresServer.Options.of(15)
                .withWalSegmentSizeMb(1)
                .withConfiguration("archive_mode", "on")
                .withConfiguration("archive_command", "cp %p " + archive + "/%f"))) {
            server.execute("CREATE TABLE t (v text)");
            Lsn middle = fill(server);
            server.configure(
                    "archive_command",
                    "gzip -c %p > " + archive + "/%f.gz.tmp && mv " + archive + "/%f.gz.tmp " + archive + "/%f.gz");
            server.reload();
            Lsn end = fill(server);
            String first = oldest(archive);
            ServingProgram.initialize(archive, true);
            try (ServingProgram program = ServingProgram.serve(archive)) {
                int port = program.port();
                assertThat(program.running().stderr()).contains("WAL up to " + end);

                Files.createFile(copy.resolve(first + ".partial")); // where to begin
                Result result = Tool.require("pg_receivewal")
                        .run(
                                PATIENCE,
                                "-D",
                                copy.toString(),
                                "-n",
                                "-v",
                                "--endpos=" + new Lsn(end.value() - 1),
                                "-d",
                                program.conninfo());

                assertThat(result.stderr()).doesNotContain("error", "warning");
                assertThat(result.exitCode()).isZero();
                assertThat(port).isPositive();
                WalFiles.Comparison comparison = WalFiles.compare(copy, server, end);
                assertThat(comparison.differences()).isEmpty();
                assertThat(comparison.bytes()).isGreaterThanOrEqualTo(end.minus(middle));
                assertThat(names(archive)).anyMatch(name -> name.endsWith(".gz"));

                Result stopped = program.stop();
                assertThat(stopped.exitCode()).as(stopped.stderr()).isZero();
            }
        }
    }

    private Lsn fill(PostgresServer server) {
        server.execute("INSERT INTO t SELECT repeat(md5(i::text), 30) FROM generate_series(1, 4000) i");
        server.switchWal();
        Lsn end = server.segmentSize().startOfSegment(server.flushLsn());
        String last = requireName(server, end);
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(names(archive)).anyMatch(name -> name.equals(last) || name.equals(last + ".gz")));
        return end;
    }

    private static String requireName(PostgresServer server, Lsn end) {
        return String.valueOf(server.query("SELECT pg_walfile_name('" + new Lsn(end.value() - 1) + "')"));
    }

    private static String oldest(Path directory) throws IOException {
        return names(directory).stream()
                .filter(name -> name.matches("[0-9A-F]{24}"))
                .sorted()
                .findFirst()
                .orElseThrow();
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    @Test
    void refusesADirectoryThatWasNotInitialized() {
        try (ServingProgram program = ServingProgram.serve(archive)) {
            Result result = program.running().await(PATIENCE);

            assertThat(result.exitCode()).isEqualTo(ExitCodes.USAGE);
            assertThat(result.stderr()).contains("walcast serve: error: ", "walcast init -D " + archive);
        }
    }

    @Test
    void refusesASecondServerOfOneHome() {
        ServingProgram.initialize(archive, true);
        try (ServingProgram first = ServingProgram.serve(archive)) {
            assertThat(first.port()).isPositive();
            try (ServingProgram second = ServingProgram.serve(archive)) {
                Result result = second.running().await(PATIENCE);

                assertThat(result.exitCode()).isEqualTo(ExitCodes.TEMPORARY);
                assertThat(result.stderr())
                        .contains("is served by another process (PID "
                                + first.running().pid() + ")");
            }
            assertThat(first.status().exitCode()).isZero();
        }
    }

    @Test
    void refusesADamagedSlotAndNamesItsFile() throws IOException {
        ServingProgram.initialize(archive, true);
        Path slot = Files.createDirectories(archive.resolve(".walcast/pg_replslot/s1"));
        ServingProgram.write(slot.resolve("state"), "this is no slot");
        try (ServingProgram program = ServingProgram.serve(archive)) {
            Result result = program.running().await(PATIENCE);

            assertThat(result.exitCode()).isEqualTo(ExitCodes.NEEDS_A_PERSON);
            assertThat(result.stderr()).contains("walcast serve: error: ", "pg_replslot/s1/state");
            assertThat(slot.resolve("state")).hasContent("this is no slot");
        }
    }

    @Test
    void refusesAnAddressThatIsTaken() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        ServingProgram.initialize(archive, true);
        ServingProgram.initialize(other, true);
        try (ServingProgram first = ServingProgram.serve(archive)) {
            int port = first.port();
            try (ServingProgram second = ServingProgram.serve(other, "--listen", "127.0.0.1:" + port)) {
                Result result = second.running().await(PATIENCE);

                assertThat(result.exitCode()).isEqualTo(ExitCodes.TEMPORARY);
                assertThat(result.stderr()).contains("could not bind", "127.0.0.1", String.valueOf(port));
            }
        }
    }

    @Test
    void tellsItsStatusAndRemovesItAtTheEnd() {
        ServingProgram.initialize(archive, true);
        try (ServingProgram program = ServingProgram.serve(archive)) {
            int port = program.port();
            await().atMost(PATIENCE).untilAsserted(() -> {
                Result status = program.status();
                assertThat(status.exitCode()).isZero();
                assertThat(status.stdout()).contains("listening on 127.0.0.1 port " + port, "no WAL yet");
            });
            assertThat(program.status("--output=json").stdout()).contains("\"pg_stat_replication\" : [ ]");

            assertThat(program.stop().exitCode()).isZero();
            Result after = program.status();
            assertThat(after.exitCode()).isEqualTo(ExitCodes.NOT_RUNNING);
            assertThat(after.stderr()).contains("no server is running");
        }
    }

    @Test
    void takesAllOrNothingOfWhatHasChangedAtAReload() throws IOException {
        ServingProgram.initialize(archive, true, "wal_sender_timeout = 60s");
        Path home = archive.resolve(".walcast");
        try (ServingProgram program = ServingProgram.serve(archive)) {
            assertThat(program.port()).isPositive();
            ServingProgram.write(home.resolve("walcast.conf"), "wal_sender_timeout = 5s\nmax_connections = 7\n");
            program.running().signal("HUP");
            awaitLog(program, "parameter \"wal_sender_timeout\" changed to \"5s\"");
            awaitLog(program, "parameter \"max_connections\" cannot be changed without restarting the server");

            ServingProgram.write(home.resolve("walcast.conf"), "wal_sender_timeout = 9s\n");
            ServingProgram.write(home.resolve("pg_hba.conf"), "nonsense\n");
            program.running().signal("HUP");
            awaitLog(program, "nothing was changed");
            assertThat(program.running().stderr()).doesNotContain("\"9s\"");

            assertThat(program.stop().exitCode()).isZero();
        }
    }

    private static void awaitLog(ServingProgram program, String text) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(program.running().stderr()).contains(text));
    }
}
