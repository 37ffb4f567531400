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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** The real server and pg_receivewal; in place of our program a script, so that the comparison itself is under test. */
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
        Path program = directory.resolve("program");
        Files.writeString(program, "#!/bin/sh\nshift\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        CommandLine commandLine =
                SideBySide.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err, true));
        return commandLine.execute(
                "receive", "--size=32MB", "--runs=1", "--directory=" + directory, "--walcast=" + program);
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

    @Test
    void saysThatOurProgramIsMissing() {
        CommandLine commandLine = SideBySide.commandLine().setErr(new PrintWriter(err, true));

        int exitCode = commandLine.execute("receive", "--directory=" + directory, "--walcast=/nowhere/walcast");

        assertThat(exitCode).isEqualTo(SideBySide.UNAVAILABLE);
        assertThat(err.toString()).contains("/nowhere/walcast: no program");
    }
}
