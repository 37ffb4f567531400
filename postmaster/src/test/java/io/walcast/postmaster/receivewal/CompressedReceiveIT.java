// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static io.walcast.postmaster.WalcastProgram.awaitMessage;
import static io.walcast.postmaster.WalcastProgram.pgReceivewal;
import static io.walcast.postmaster.WalcastProgram.walcast;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.testkit.RequiresTool;
import io.walcast.testkit.postgres.Load;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.Tool;
import io.walcast.testkit.postgres.Tool.Result;
import io.walcast.testkit.postgres.Tool.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compressed segments of a real server, read by the programs that everybody has. */
@RequiresTool(
        value = {"gzip", "lz4", "zstd", "pg_receivewal"},
        group = "compressed segments")
@Timeout(300)
class CompressedReceiveIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final Map<String, String> PROGRAMS = Map.of(".gz", "gzip", ".lz4", "lz4", ".zst", "zstd");
    private static final int NAME_DIGITS = 24;

    private static PostgresServer server;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        server = PostgresServer.start(PostgresServer.Options.of(15).withWalSegmentSizeMb(1));
        server.execute("CREATE TABLE t (v text)");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** After each kill the unfinished file gives all that the server was told of, whoever decompresses it. */
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "lz4:1", "zstd"})
    void nothingAcknowledgedIsLostToAKill(String method) throws IOException, InterruptedException {
        String slot = "killed_" + method.substring(0, 3);
        server.execute("SELECT pg_create_physical_replication_slot('" + slot + "', true)");
        for (int round = 0; round < 3; round++) {
            try (Running receiver = walcast()
                    .start(
                            "receivewal",
                            "-v",
                            "-D",
                            directory.toString(),
                            "-S",
                            slot,
                            "--synchronous",
                            "-Z",
                            method,
                            "-d",
                            server.conninfo(""))) {
                awaitMessage(receiver, "starting log streaming at ");
                try (Load load = Load.start(server, Load.Options.defaults().withPayloadBytes(3_000))) {
                    load.awaitCommits(150 + 70 * round, TIMEOUT);
                    receiver.kill();
                }
            }
            requireStored(restartLsn(slot));
        }
        Lsn end = server.flushLsn();
        server.execute("SELECT pg_logical_emit_message(true, 'x', 'y')");
        Result last = run(walcast(), method, "-S", slot, "--synchronous", "-E" + end);
        assertThat(last.exitCode()).as(last.stderr()).isZero();
        requireStored(end);
        server.execute("SELECT pg_drop_replication_slot('" + slot + "')");
    }

    private static Lsn restartLsn(String slot) {
        return Lsn.parse(requireNonNull(
                server.query("SELECT restart_lsn FROM pg_replication_slots WHERE slot_name = '" + slot + "'")));
    }

    /** PostgreSQL's program and ours, in all formats that both know, on one directory. */
    @Test
    void eachContinuesTheOthersDirectory() throws IOException, InterruptedException {
        server.execute("SELECT pg_create_physical_replication_slot('turn', true)");
        List<String> turns = List.of(
                "theirs gzip:1",
                "ours gzip:1",
                "theirs gzip:1",
                "ours lz4",
                "theirs lz4",
                "ours lz4",
                "ours none",
                "theirs none",
                "ours gzip:9",
                "theirs lz4",
                "ours none");
        for (String turn : turns) {
            server.execute("INSERT INTO t SELECT repeat(md5(i::text), 30) FROM generate_series(1, 1500) i");
            Lsn end = server.flushLsn();
            server.execute("SELECT pg_logical_emit_message(true, 'turn', 'over')");
            Tool tool = turn.startsWith("theirs") ? Tool.require("pg_receivewal") : pgReceivewal();

            Result result = run(tool, turn.substring(turn.indexOf(' ') + 1), "-S", "turn", "-n", "-E" + end);

            assertThat(result.stderr()).as(turn).doesNotContain("error", "warning");
            assertThat(result.exitCode()).as(turn).isZero();
            requireStored(end);
        }
        server.execute("SELECT pg_drop_replication_slot('turn')");
    }

    @Test
    void zstdIsOursAlone() {
        Result refused = run(pgReceivewal(), "zstd");

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.stderr().strip())
                .isEqualTo("pg_receivewal: error: compression with ZSTD is not yet supported");
    }

    private Result run(Tool tool, String method, String... more) {
        boolean ours = tool.program().endsWith("walcast") && !tool.environment().containsKey("WALCAST_ARGV0");
        Stream<String> command = ours ? Stream.of("receivewal") : Stream.of();
        Stream<String> fixed = Stream.of("-D", directory.toString(), "-Z", method, "-d", server.conninfo(""));
        return tool.run(
                TIMEOUT,
                Stream.concat(Stream.concat(command, fixed), Stream.of(more)).toArray(String[]::new));
    }

    /** Requires each finished segment to be the server's, and one of the unfinished files to go up to {@code acknowledged}. */
    private void requireStored(Lsn acknowledged) throws IOException, InterruptedException {
        List<String> names;
        try (Stream<Path> files = Files.list(directory)) {
            names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[0-9A-F]{24}.*"))
                    .sorted()
                    .toList();
        }
        SegmentSize size = server.segmentSize();
        for (String name : names) {
            Path own = server.walDirectory().resolve(name.substring(0, NAME_DIGITS));
            if (!name.endsWith(".partial") && Files.exists(own)) {
                byte[] served = served(name, size.bytes());
                assertThat(content(name, true)).as(name).isEqualTo(served);
            }
        }
        int bytes = size.offset(acknowledged);
        String newest =
                SegmentName.containing(server.timeline(), acknowledged, size).fileName(size);
        byte[] served = served(newest, bytes);
        boolean stored = bytes == 0;
        for (String name : names) {
            stored |= name.startsWith(newest) && holds(content(name, false), served);
        }
        assertThat(stored)
                .as("%s, acknowledged %s, %s", newest, acknowledged, names)
                .isTrue();
    }

    private static boolean holds(byte[] content, byte[] served) {
        return content.length >= served.length && Arrays.equals(content, 0, served.length, served, 0, served.length);
    }

    private static byte[] served(String name, int bytes) throws IOException {
        byte[] all = Files.readAllBytes(server.walDirectory().resolve(name.substring(0, NAME_DIGITS)));
        return Arrays.copyOf(all, bytes);
    }

    private byte[] content(String name, boolean whole) throws IOException, InterruptedException {
        Path file = directory.resolve(name);
        for (Map.Entry<String, String> program : PROGRAMS.entrySet()) {
            if (name.contains(program.getKey())) {
                return decompress(Tool.require(program.getValue()).program(), file, whole);
            }
        }
        return Files.readAllBytes(file);
    }

    private static byte[] decompress(Path program, Path file, boolean whole) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(program.toString(), "-dc")
                .redirectInput(file.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        byte[] content = process.getInputStream().readAllBytes();
        int exitCode = process.waitFor();
        if (whole) {
            assertThat(exitCode).as("%s -dc <%s", program, file).isZero();
        }
        return content;
    }
}
