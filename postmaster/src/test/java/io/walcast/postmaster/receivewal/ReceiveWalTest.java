// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.postmaster.ProgramName;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiveWalTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-?"})
    void showsHelpThatFits(String option) {
        assertThat(run("walcast", option)).isZero();

        assertThat(out.toString().lines()).allMatch(line -> line.length() <= 95);
        for (ReceiveWalOption each : ReceiveWalOption.values()) {
            assertThat(out.toString()).contains("--" + each.longName());
        }
        assertThat(out.toString()).contains("74", "75", "77", "78");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void showsTheVersionThatScriptsCompareWithTheServers() {
        assertThat(run("/opt/bin/pg_receivewal", "--version")).isZero();

        assertThat(out.toString()).matches("pg_receivewal \\(PostgreSQL\\) 18\\.\\d+ \\(walcast [^$]+\\)\\R");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void showsItsOwnVersionOtherwise() {
        assertThat(run("walcast", "-V", "ignored")).isZero();

        assertThat(out.toString()).startsWith("walcast ").doesNotContain("$");
    }

    @Test
    void answersBadUsageAsPgReceivewalUnderThatName() {
        assertThat(run("/opt/bin/pg_receivewal", "--dir")).isEqualTo(1);

        assertThat(err.toString().lines())
                .containsExactly(
                        "/opt/bin/pg_receivewal: option '--directory' requires an argument",
                        "pg_receivewal: hint: Try \"pg_receivewal --help\" for more information.");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void answersBadUsageUnderItsOwnName() {
        assertThat(run("/opt/bin/walcast", "-x")).isEqualTo(64);

        assertThat(err.toString().lines())
                .containsExactly(
                        "walcast receivewal: invalid option -- 'x'",
                        "walcast receivewal: hint: Try \"walcast receivewal --help\" for more information.");
    }

    @Test
    void hintsOnlyWhenHelpIsNotFirst() {
        assertThat(run("pg_receivewal", "-v", "--help")).isEqualTo(1);

        assertThat(err.toString().lines())
                .containsExactly("pg_receivewal: hint: Try \"pg_receivewal --help\" for more information.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nonexistent/x", ""})
    void looksForTheDirectoryBeforeItConnects(String directory) {
        assertThat(run("pg_receivewal", "-D", directory)).isEqualTo(1);

        assertThat(err.toString().lines())
                .containsExactly("pg_receivewal: error: could not open directory \"" + directory
                        + "\": No such file or directory");
    }

    @Test
    void checksTheCompressionBeforeTheDirectory() {
        assertThat(run("walcast", "-D", "/nonexistent", "--compress", "none:1")).isEqualTo(64);

        assertThat(err.toString().lines())
                .containsExactly("walcast receivewal: error: invalid compression specification: "
                        + "compression algorithm \"none\" does not accept a compression level");
    }

    @Test
    void namesTheTransportThatIsNotThere() {
        assertThat(run("walcast", "--create-slot", "-S", "s", "--transport", "pigeon"))
                .isEqualTo(64);

        assertThat(err.toString()).startsWith("walcast receivewal: error: ").contains("pigeon");
    }

    @Test
    void refusesToConnectWeaklyWhereThatIsAsked() {
        String elsewhere = "host=db.example.org sslmode=require";
        assertThat(run("walcast", "--create-slot", "-S", "s", "--refuse-weak", "-d", elsewhere))
                .isEqualTo(64);

        assertThat(err.toString().lines())
                .containsExactly("walcast receivewal: error: sslmode=require is too weak for host \"db.example.org\":"
                        + " the policy is strict (use verify-full)");
    }

    private int run(String argv0, String... arguments) {
        return new ReceiveWal(new ProgramName(argv0))
                .run(List.of(arguments), new PrintWriter(out), new PrintWriter(err));
    }
}
