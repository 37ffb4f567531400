// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.init;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.auth.AccessFiles;
import io.walcast.auth.AccessRules;
import io.walcast.auth.ScramVerifier;
import io.walcast.postmaster.ExitCodes;
import io.walcast.postmaster.WalcastProgram;
import io.walcast.testkit.postgres.Tool;
import io.walcast.testkit.postgres.Tool.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands that make a node, through the real program. */
@Timeout(120)
class InitIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    private Path parent;

    @Test
    void makesANodeAndItsUsers() {
        String directory = parent.resolve("node").toString();
        Tool walcast = WalcastProgram.walcast();

        Result init = walcast.run(TIMEOUT, "init", "-D", directory, "--tls").requireSuccess();
        Result added =
                throughAPipe("secret", "adduser", "-D", directory, "alice").requireSuccess();
        Result again = throughAPipe("secret", "adduser", "-D", directory, "alice");
        Result empty = walcast.run(TIMEOUT, "adduser", "-D", directory, "bob");

        AccessRules rules = AccessFiles.load(Path.of(directory), 4096);
        ScramVerifier verifier = rules.verifier("alice");
        assertThat(ScramVerifier.derive("secret".toCharArray(), verifier.salt(), verifier.iterations())
                        .stored())
                .isEqualTo(verifier.stored());
        assertThat(rules.mayReplicate("alice")).isTrue();
        assertThat(init.stdout()).contains("Next: walcast adduser -D " + directory + " NAME");
        assertThat(init.stderr() + added.stderr()).isEmpty();
        assertThat(again.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(again.stderr())
                .isEqualTo("walcast adduser: error: user \"alice\" already exists (--replace changes it)\n");
        assertThat(empty.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(empty.stderr()).isEqualTo("walcast adduser: error: empty string is not a valid password\n");
    }

    @Test
    void tellsHowTheyAreUsed() {
        for (String command : new String[] {"init", "adduser"}) {
            Result help =
                    WalcastProgram.walcast().run(TIMEOUT, command, "--help").requireSuccess();

            assertThat(help.stdout()).startsWith("Usage: walcast " + command).contains("Exit codes:", "DIR");
        }
    }

    private static Result throughAPipe(String line, String... arguments) {
        Tool walcast = WalcastProgram.walcast();
        StringBuilder command = new StringBuilder("echo \"$LINE\" | \"$PROGRAM\"");
        for (String argument : arguments) {
            command.append(" '").append(argument).append('\'');
        }
        Tool shell = new Tool(Path.of("/bin/sh"), Map.copyOf(walcast.environment()))
                .withEnvironment("LINE", line)
                .withEnvironment("PROGRAM", requireNonNull(walcast.program()).toString());
        return shell.run(TIMEOUT, "-c", command.toString());
    }
}
