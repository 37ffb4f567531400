// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.waldump;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.postmaster.ExitCodes;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WalDumpTest {
    private static final String HINT = "walcast waldump: hint: Try \"walcast waldump --help\" for more information.";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    private int run(String... arguments) {
        return new WalDump().run(List.of(arguments), new PrintWriter(out), new PrintWriter(err));
    }

    @Test
    void hasHelpAndAVersion() {
        assertThat(run("--help")).isZero();
        assertThat(run("-V")).isZero();

        assertThat(out.toString()).contains("  -z, --stats[=record]", "walcast ");
        assertThat(out.toString().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(95));
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void helpIsTheTableOfTheDocument() throws Exception {
        assertThat(run("-?")).isZero();

        String document = Files.readString(Path.of("..", "docs", "waldump.md"));
        for (WalDumpOption option : WalDumpOption.values()) {
            assertThat(out.toString()).contains("  " + option.synopsis() + " ");
            assertThat(document).contains("| `" + option.synopsis() + "` |");
        }
    }

    @Test
    void listsResourceManagers() {
        assertThat(run("-r", "list")).isZero();

        assertThat(out.toString().lines())
                .hasSize(22)
                .startsWith("XLOG", "Transaction")
                .endsWith("LogicalMessage");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-e x|invalid WAL location: \"x\"",
                "-s 1|invalid WAL location: \"1\"",
                "-s 1/|invalid WAL location: \"1/\"",
                "-n x|invalid value \"x\" for option -n/--limit",
                "-t x|invalid timeline specification: \"x\"",
                "-x x|invalid transaction ID specification: \"x\"",
                "-B x|invalid block number: \"x\"",
                "-B 4294967295|invalid block number: \"4294967295\"",
                "-B 1|option -B/--block requires option -R/--relation to be specified",
                "-F x|invalid fork name: \"x\"",
                "-r x|resource manager \"x\" does not exist",
                "-r custom17|custom resource manager \"custom17\" does not exist",
                "--stats=x|unrecognized value for option --stats: x",
                "a b c|too many command-line arguments (first is \"c\")",
                "-p /nonexistent|could not open directory \"/nonexistent\": No such file or directory"
            })
    void refusesAsPgWaldump(String arguments, String message) {
        assertThat(run(arguments.split(" "))).isEqualTo(ExitCodes.USAGE);

        assertThat(err.toString().lines()).containsExactly("walcast waldump: error: " + message, HINT);
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1/2/", "1//3", "0/2/3", "1/2/0", "1/2", "x"})
    void refusesARelationThatIsNone(String relation) {
        assertThat(run("-R", relation)).isEqualTo(ExitCodes.USAGE);

        assertThat(err.toString()).contains("invalid relation specification: \"" + relation + "\"");
    }

    @Test
    void wantsArguments() {
        assertThat(run()).isEqualTo(ExitCodes.USAGE);

        assertThat(err.toString().lines()).containsExactly("walcast waldump: error: no arguments specified", HINT);
    }

    @Test
    void optionsInTheWrongPlaceAreComplainedOf() {
        assertThat(run("-q", "-V")).isEqualTo(ExitCodes.USAGE);
        assertThat(run("-q", "--version")).isEqualTo(ExitCodes.USAGE);

        assertThat(err.toString().lines()).containsExactly("walcast waldump: invalid option -- 'V'", HINT, HINT);
    }

    @Test
    void aDirectoryWithoutWalIsNone() {
        assertThat(run("-p", directory.toString(), "-s", "0/1")).isEqualTo(1);
        assertThat(run("-p", directory.toString(), "000000010000000000000001")).isEqualTo(1);

        assertThat(err.toString().lines())
                .containsExactly(
                        "walcast waldump: error: could not find any WAL file",
                        "walcast waldump: error: could not locate WAL file \"000000010000000000000001\"");
    }

    @Test
    void aShortFileIsNone() throws Exception {
        Files.write(directory.resolve("000000010000000000000001"), new byte[100]);

        assertThat(run("-p", directory.toString(), "-s", "0/1")).isEqualTo(1);

        assertThat(err.toString())
                .isEqualToIgnoringNewLines("walcast waldump: error: could not read file "
                        + "\"000000010000000000000001\": read 100 of 8192");
    }
}
