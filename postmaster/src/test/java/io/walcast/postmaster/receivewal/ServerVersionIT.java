// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.postmaster.ExitCodes;
import io.walcast.postmaster.WalcastProgram;
import io.walcast.testkit.postgres.Tool;
import io.walcast.testkit.postgres.Tool.Result;
import io.walcast.testkit.primary.ScriptedPrimary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers of versions that are not supported: refused before anything is asked of them. */
@Timeout(60)
class ServerVersionIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "19beta1, newer than 18",
        "19.0 (Debian 19.0-1), newer than 18",
        "13.22, older than 14",
        "9.6.24, older than 14"
    })
    void isRefusedAsByPgReceivewal(String version, String reason) {
        Result result = run(WalcastProgram.pgReceivewal(), version, "-D", directory.toString());

        assertThat(result.stderr().strip()).isEqualTo("pg_receivewal: error: " + text(version, reason));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.stdout()).isEmpty();
    }

    @Test
    void isRefusedUnderTheProgramsOwnName() {
        Result result = run(WalcastProgram.walcast(), "19.1", "receivewal", "-D", directory.toString());

        assertThat(result.stderr().strip()).isEqualTo("walcast receivewal: error: " + text("19.1", "newer than 18"));
        assertThat(result.exitCode()).isEqualTo(ExitCodes.NEEDS_A_PERSON);
    }

    @Test
    void isRefusedBeforeASlotIsMadeOrDropped() {
        for (String action : new String[] {"--create-slot", "--drop-slot"}) {
            Result result = run(WalcastProgram.walcast(), "13.1", "receivewal", "--slot=s", action);

            assertThat(result.stderr().strip())
                    .isEqualTo("walcast receivewal: error: " + text("13.1", "older than 14"));
            assertThat(result.exitCode()).isEqualTo(ExitCodes.NEEDS_A_PERSON);
        }
    }

    private static String text(String version, String reason) {
        return "incompatible server version %s; client does not support streaming from server versions %s"
                .formatted(version, reason);
    }

    /** Runs the program against a server that answers nothing once it has let the client in. */
    private static Result run(Tool program, String version, String... arguments) {
        try (ScriptedPrimary primary = ScriptedPrimary.start(session -> {
            session.acceptStartup(Map.of("server_version", version));
            session.awaitEnd();
        })) {
            String[] all = new String[arguments.length + 2];
            System.arraycopy(arguments, 0, all, 0, arguments.length);
            all[arguments.length] = "-d";
            all[arguments.length + 1] = primary.conninfo("");
            return program.run(TIMEOUT, all);
        }
    }
}
