// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.postmaster.ExitCodes;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class StatusCommandTest {
    private static final long NOBODY = Long.MAX_VALUE;

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void showsWhatTheServerTold() throws IOException {
        write(Instant.now(), ProcessHandle.current().pid());

        assertThat(run()).isEqualTo(ExitCodes.OK);

        assertThat(err.toString()).isEmpty();
        assertThat(out.toString().lines())
                .containsExactly(
                        "walcast 1.2, PID " + ProcessHandle.current().pid() + ", running since 2026-01-02T03:04:05Z",
                        "listening on 127.0.0.1 port 5433 (libpq)",
                        "timeline 1, WAL up to 0/5000000, system identifier 42, PostgreSQL 15.0",
                        "",
                        "pg_stat_replication (2 rows)",
                        " pid | application_name | state",
                        "-----+------------------+-----------",
                        " 1   | s1               | streaming",
                        " 2   |                  | catchup");
    }

    @Test
    void printsALineForEachValueOfARowThatIsTooWide() {
        String wide = "x".repeat(200);

        assertThat(Table.lines(List.of(Map.of("conninfo", wide), Map.of("conninfo", "y"))))
                .containsExactly(
                        "-[ 1 ]--------------------",
                        " conninfo              | " + wide,
                        "-[ 2 ]--------------------",
                        " conninfo              | y");
    }

    @Test
    void printsJsonAsItIs() throws IOException {
        write(Instant.now(), ProcessHandle.current().pid());

        assertThat(run("--output", "json")).isEqualTo(ExitCodes.OK);

        assertThat(Json.read(out.toString()))
                .isInstanceOfSatisfying(
                        Map.class,
                        status -> assertThat(((Map<?, ?>) status).get("flushed_lsn"))
                                .isEqualTo("0/5000000"));
    }

    @Test
    void saysWhenNobodyServes() {
        assertThat(run()).isEqualTo(ExitCodes.NOT_RUNNING);

        assertThat(err.toString()).contains("no server is running");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void saysWhenTheServerWasKilled() throws IOException {
        write(Instant.now().minus(Duration.ofMinutes(1)), NOBODY);

        assertThat(run()).isEqualTo(ExitCodes.NOT_RUNNING);

        assertThat(err.toString()).contains("no server is running", "ended without cleaning up");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void saysWhenTheServerIsSilent() throws IOException {
        write(
                Instant.now().minus(Duration.ofMinutes(1)),
                ProcessHandle.current().pid());

        assertThat(run()).isEqualTo(ExitCodes.TEMPORARY);

        assertThat(err.toString()).contains("has said nothing for 6");
        assertThat(out.toString()).contains("0/5000000");
    }

    @Test
    void refusesAMissingDirectory() {
        directory = directory.resolve("missing");

        assertThat(run()).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void leavesAFileForTheOwnerOnlyAndRemovesIt() throws IOException {
        StatusFile file = new StatusFile(directory);
        file.write(Map.of("a", List.of(1, true, "x")));
        file.write(Map.of("a", List.of(2, false, "y")));

        assertThat(directory).isDirectoryContaining("glob:**/status.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("status.json"))))
                .isEqualTo("rw-------");
        assertThat(Json.read(file.text().orElseThrow())).isEqualTo(Map.of("a", List.of(2L, false, "y")));

        file.remove();
        assertThat(directory).isEmptyDirectory();
    }

    private void write(Instant at, long pid) throws IOException {
        Map<String, @Nullable Object> first = new LinkedHashMap<>();
        first.put("pid", 1);
        first.put("client_hostname", null);
        first.put("application_name", "s1");
        first.put("state", "streaming");
        Map<String, @Nullable Object> second = new LinkedHashMap<>();
        second.put("pid", 2);
        second.put("client_hostname", null);
        second.put("application_name", "");
        second.put("state", "catchup");
        Map<String, @Nullable Object> status = new LinkedHashMap<>();
        status.put("version", "1.2");
        status.put("pid", pid);
        status.put("state", "running");
        status.put("started_at", Instant.parse("2026-01-02T03:04:05Z"));
        status.put("written_at", at);
        status.put(
                "listeners",
                List.of(Map.of("transport", "libpq", "scheme", "libpq", "address", "127.0.0.1", "port", 5433)));
        status.put("timeline", 1);
        status.put("flushed_lsn", "0/5000000");
        status.put("system_identifier", "42");
        status.put("server_version", "15.0");
        status.put("pg_stat_wal_receiver", null);
        status.put("pg_stat_replication", List.of(first, second));
        status.put("pg_replication_slots", List.of());
        new StatusFile(Files.createDirectories(directory.resolve(".walcast"))).write(status);
    }

    private int run(String... more) {
        String[] arguments = new String[more.length + 2];
        arguments[0] = "-D";
        arguments[1] = directory.toString();
        System.arraycopy(more, 0, arguments, 2, more.length);
        return new CommandLine(new StatusCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }
}
