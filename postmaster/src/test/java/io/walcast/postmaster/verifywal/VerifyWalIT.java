// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.verifywal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.postmaster.ExitCodes;
import io.walcast.postmaster.WalcastProgram;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Mode;
import io.walcast.testkit.postgres.PostgresServer.Options;
import io.walcast.testkit.postgres.Tool.Result;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program on the WAL of a real server. */
@Timeout(300)
class VerifyWalIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static PostgresServer server;

    @TempDir
    private Path directory;

    private List<Path> segments;

    @BeforeAll
    static void write() {
        server = PostgresServer.start(Options.of(18).withWalSegmentSizeMb(1));
        server.execute(
                "CREATE TABLE t AS SELECT g, repeat('x', g % 300) FROM generate_series(1, 20000) g",
                "SELECT pg_switch_wal()", "UPDATE t SET g = -g", "SELECT pg_switch_wal()", "DELETE FROM t");
        server.stop(Mode.FAST);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void copy() throws IOException {
        try (Stream<Path> files = Files.list(server.walDirectory())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
        }
        try (Stream<Path> files = Files.list(directory)) {
            segments = files.sorted().toList();
        }
    }

    @Test
    void findsTheWalOfAServerWholeCompressedOrNot() throws IOException {
        Result plain = verify();

        assertThat(plain.exitCode()).describedAs(plain.toString()).isEqualTo(ExitCodes.OK);
        assertThat(plain.stdout()).startsWith("timeline 1: 0/").endsWith("the WAL is whole\n");

        compress(segments.get(1));
        compress(segments.get(3));
        assertThat(verify().stdout()).isEqualTo(plain.stdout());
    }

    @Test
    void tellsWhatIsWrongAsTextAndAsJson() throws IOException {
        byte[] content = Files.readAllBytes(segments.get(2));
        content[5000] ^= 4;
        Files.write(segments.get(2), content);
        Files.delete(segments.get(4));

        Result text = verify("--quiet");
        Result json = verify("--output=json", "--jobs=1");

        assertThat(text.exitCode()).isEqualTo(ExitCodes.NEEDS_A_PERSON);
        assertThat(text.stdout().lines())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("timeline 1: bad record at ")
                        && line.contains("file \"" + segments.get(2).getFileName() + "\""))
                .anyMatch(line -> line.startsWith("timeline 1: gap at ")
                        && line.contains("file \"" + segments.get(4).getFileName() + "\""));
        assertThat(json.exitCode()).isEqualTo(ExitCodes.NEEDS_A_PERSON);
        assertThat(json.stdout().replaceAll("\\s+", ""))
                .startsWith("{\"whole\":false,\"system_identifier\":\"")
                .contains("\"segment_bytes\":1048576", "\"kind\":\"record\"", "\"kind\":\"gap\"");
    }

    @Test
    void showsProgressWhenAskedTo() {
        Result shown = verify("--progress");

        assertThat(shown.exitCode()).isEqualTo(ExitCodes.OK);
        assertThat(shown.stderr()).contains("%) read");
    }

    @Test
    void refusesWhatItCannotDo(@TempDir Path empty) {
        assertThat(run(empty.toString()).exitCode()).isEqualTo(ExitCodes.NEEDS_A_PERSON);
        assertThat(run(empty.resolve("missing").toString()).exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(verify("--start=nonsense").exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(verify("--jobs=0").exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(verify("--start=0/2000000", "--end=0/1000000").stderr())
                .contains("end WAL location 0/1000000 is before start WAL location 0/2000000");
    }

    private static void compress(Path file) throws IOException {
        try (OutputStream gzip =
                new GZIPOutputStream(Files.newOutputStream(file.resolveSibling(file.getFileName() + ".gz")))) {
            Files.copy(file, gzip);
        }
        Files.delete(file);
    }

    private Result verify(String... options) {
        return run(Stream.concat(Stream.of(options), Stream.of(directory.toString()))
                .toArray(String[]::new));
    }

    private static Result run(String... arguments) {
        return WalcastProgram.walcast()
                .run(
                        PATIENCE,
                        Stream.concat(Stream.of("verifywal"), Stream.of(arguments))
                                .toArray(String[]::new));
    }
}
