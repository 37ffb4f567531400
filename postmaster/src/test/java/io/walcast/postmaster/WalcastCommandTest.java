// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class WalcastCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final RecordingSubcommand recording = new RecordingSubcommand();

    @Test
    void hasItsVersion() {
        assertThat(run("--version")).isZero();

        assertThat(out.toString()).startsWith("walcast ").doesNotContain("$");
    }

    @Test
    void listsItsSubcommands() {
        assertThat(run("--help")).isZero();

        assertThat(out.toString()).contains("transports", "record", "Records what it is given");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "--nonsense", "-x"})
    void refusesWhatItDoesNotKnow(String argument) {
        assertThat(run(argument)).isEqualTo(ExitCodes.USAGE);

        assertThat(err.toString()).startsWith("walcast: error: unknown argument \"" + argument + "\"");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void knowsWhatAMistypedCommandWasMeantToBe() {
        assertThat(run("recrod")).isEqualTo(ExitCodes.USAGE);

        assertThat(err.toString().lines())
                .containsExactly("walcast: error: unknown argument \"recrod\"", "Did you mean: walcast record?");
    }

    @Test
    void wantsACommand() {
        assertThat(run()).isEqualTo(ExitCodes.USAGE);

        assertThat(err.toString())
                .startsWith("walcast: error: a command is missing")
                .contains("record");
    }

    @Test
    void handsArgumentsOnUntouched() {
        String[] arguments = {"record", "--help", "-x", "", "--", "@file", "-D", "a b", "--", "\"q\"", "--x=y", "record"
        };

        assertThat(run(arguments)).isEqualTo(42);
        assertThat(recording.arguments)
                .containsExactlyElementsOf(List.of(arguments).subList(1, arguments.length));
    }

    @Test
    void listsTransports() {
        assertThat(run("transports")).isZero();

        assertThat(err.toString()).isEmpty();
    }

    private int run(String... arguments) {
        CommandLine line = WalcastCommand.commandLine(List.of(recording));
        return line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
    }

    private static final class RecordingSubcommand implements WalcastSubcommand {
        private List<String> arguments = List.of();

        @Override
        public String name() {
            return "record";
        }

        @Override
        public String summary() {
            return "Records what it is given.";
        }

        @Override
        public int run(List<String> arguments, PrintWriter out, PrintWriter err) {
            this.arguments = List.copyOf(arguments);
            return 42;
        }
    }
}
