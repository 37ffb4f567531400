// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.walcast.testkit.RequiresTool;
import io.walcast.testkit.ToolPath;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * The real server and pg_receivewal. Where they are compared with our receiver there is a script in its place, so that the
 * comparison itself is under test; our server is the real one.
 */
@RequiresTool(
        value = {"pg_receivewal", "strace"},
        group = "side-by-side")
@Timeout(240)
class SideBySideIT {
    // Not JUnit's temporary directory: that may lie in memory.
    private final Path directory = Path.of("target", "side-by-side-it");
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void makeDirectory() throws IOException {
        Files.createDirectories(directory);
    }

    @AfterEach
    void leavesNothingBehind() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).noneMatch(file -> file.getFileName().toString().startsWith("work-"));
        }
    }

    private int receive(String script) throws IOException {
        return compare(script, "receive", "--size=32MB");
    }

    /** Runs a comparison with {@code script}, which gets the options of {@code receivewal}, in the place of our program. */
    private int compare(String script, String... arguments) throws IOException {
        Path program = directory.resolve("program");
        Files.writeString(program, "#!/bin/sh\nshift\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        CommandLine commandLine =
                SideBySide.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err, true));
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--runs=1", "--directory=" + directory, "--walcast=" + program));
        return commandLine.execute(all.toArray(String[]::new));
    }

    @Test
    void comparesTwoProgramsThatDoTheSame() throws IOException {
        int exitCode = receive("exec " + ToolPath.require("pg_receivewal") + " \"$@\"");

        assertThat(exitCode).as(err.toString()).isZero();
        JsonNode json =
                new ObjectMapper().readTree(directory.resolve("receive.json").toFile());
        assertThat(json.get("ours").get("fsyncs").intValue())
                .isPositive()
                .isEqualTo(json.get("theirs").get("fsyncs").intValue());
        assertThat(json.get("ours").get("bytes").longValue()).isEqualTo(32L << 20);
        assertThat(json.get("ours").get("max_rss_kb").intValue()).isPositive();
        assertThat(json.get("throughput_ratio").doubleValue()).isPositive();
        assertThat(out.toString()).contains("throughput_ratio");
    }

    @Test
    void comparesTwoStandbysThatCommitsWaitFor() throws IOException {
        int exitCode =
                compare("exec " + ToolPath.require("pg_receivewal") + " \"$@\"", "sync", "--seconds=1", "--scale=1");

        assertThat(exitCode).as(err.toString()).isZero();
        JsonNode json =
                new ObjectMapper().readTree(directory.resolve("sync.json").toFile());
        assertThat(List.of("theirs", "ours"))
                .allSatisfy(which -> assertThat(List.of("c1", "c16")).allSatisfy(clients -> {
                    JsonNode figures = json.get(which).get(clients);
                    assertThat(figures.get("tps").doubleValue()).isPositive();
                    assertThat(figures.get("fsyncs_per_commit").doubleValue()).isPositive();
                }));
        assertThat(json.get("tps_ratio_c1").doubleValue()).isPositive();
        assertThat(out.toString()).contains("tps_ratio_c16");
    }

    @Test
    void refusesAProgramThatLeavesOtherBytes() throws IOException {
        int exitCode = receive(ToolPath.require("pg_receivewal") + " \"$@\" || exit\n"
                + "for file in \"${1#--directory=}\"/*3; do echo changed | dd of=\"$file\" conv=notrunc; done");

        assertThat(exitCode).isEqualTo(SideBySide.FAILED);
        assertThat(err.toString()).contains("differs at offset 0");
    }

    @Test
    void tellsWhatAProgramThatFailedPrinted() throws IOException {
        int exitCode = receive("echo no such option; exit 3");

        assertThat(exitCode).isEqualTo(SideBySide.FAILED);
        assertThat(err.toString()).contains("ended with code 3").contains("no such option");
    }

    private JsonNode serve(String command, String... options) throws IOException {
        JsonNode json = run(command, options);
        assertThat(out.toString()).contains("walsender", "walcast serve", "server_cpu_ratio");
        return json;
    }

    private JsonNode run(String command, String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                command,
                "--size=32MB",
                "--runs=1",
                "--directory=" + directory,
                "--walcast=" + Path.of("..", "postmaster", "target", "walcast", "bin", "walcast")));
        arguments.addAll(List.of(options));
        CommandLine commandLine =
                SideBySide.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err, true));
        int exitCode = commandLine.execute(arguments.toArray(String[]::new));
        assertThat(exitCode).as(err.toString()).isZero();
        return new ObjectMapper().readTree(directory.resolve(command + ".json").toFile());
    }

    @Test
    void comparesTheServersOfOneReceiver() throws IOException {
        JsonNode json = serve("send");

        assertThat(List.of("theirs", "ours")).allSatisfy(which -> {
            assertThat(json.get(which).get("bytes").longValue()).isEqualTo(32L << 20);
            assertThat(json.get(which).get("first_run").get("wall_s").doubleValue())
                    .isPositive();
            assertThat(json.get(which).get("max_rss_kb").intValue()).isPositive();
        });
        assertThat(json.get("ours").get("start_cpu_s").doubleValue()).isPositive();
        assertThat(json.get("throughput_ratio").doubleValue()).isPositive();
        assertThat(json.has("server_cpu_ratio")).isTrue();
    }

    @Test
    void comparesTheServersOfManyClients() throws IOException {
        JsonNode json = serve("fanout", "--clients=20");

        assertThat(json.get("clients").intValue()).isEqualTo(20);
        assertThat(List.of("theirs", "ours")).allSatisfy(which -> {
            assertThat(json.get(which).get("bytes").longValue()).isEqualTo((20L * 32) << 20);
            assertThat(json.get(which).has("rss_per_session_kb")).isTrue();
        });
        assertThat(json.get("throughput_ratio").doubleValue()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void comparesTheTransports(boolean syncs) throws IOException {
        JsonNode json = run("grpc", syncs ? new String[0] : new String[] {"--no-sync"});

        assertThat(json.get("syncs").booleanValue()).isEqualTo(syncs);
        assertThat(List.of("postgres", "libpq", "grpc")).allSatisfy(which -> {
            assertThat(json.get(which).get("bytes").longValue()).isEqualTo(32L << 20);
            assertThat(json.get(which).get("client_cpu_s").doubleValue()).isPositive();
        });
        assertThat(json.get("grpc").get("server_cpu_s").doubleValue()).isPositive();
        assertThat(json.get("throughput_ratio").doubleValue()).isPositive();
        assertThat(json.get("throughput_ratio_postgres").doubleValue()).isPositive();
        assertThat(out.toString()).contains("walcast, libpq", "walcast, gRPC", "throughput_ratio_postgres");
    }

    @Test
    void saysThatOurProgramIsMissing() {
        CommandLine commandLine = SideBySide.commandLine().setErr(new PrintWriter(err, true));

        int exitCode = commandLine.execute("receive", "--directory=" + directory, "--walcast=/nowhere/walcast");

        assertThat(exitCode).isEqualTo(SideBySide.UNAVAILABLE);
        assertThat(err.toString()).contains("/nowhere/walcast: no program");
    }
}
