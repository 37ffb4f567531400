// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static io.walcast.postmaster.WalcastProgram.awaitMessage;
import static io.walcast.postmaster.WalcastProgram.pgReceivewal;
import static io.walcast.postmaster.WalcastProgram.walcast;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.Tool.Result;
import io.walcast.testkit.postgres.Tool.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code --status-json}, as a monitoring program sees it. */
@Timeout(120)
class StatusJsonIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    private Path home;

    private Path wal;
    private Path file;

    @BeforeEach
    void makeDirectory() throws IOException {
        wal = Files.createDirectory(home.resolve("wal"));
        file = home.resolve("receiver.json");
    }

    @Test
    void tellsOfAReceiversWholeLife() throws IOException {
        try (PostgresServer server =
                        PostgresServer.start(PostgresServer.Options.of(18).withWalSegmentSizeMb(1));
                Running receiver = walcast()
                        .start(
                                "receivewal",
                                "-D",
                                wal.toString(),
                                "-d",
                                server.conninfo(""),
                                "--synchronous",
                                "-s1",
                                "--status-json=" + file)) {
            awaitStatus("\"state\" : \"streaming\"");
            server.switchWal();
            Lsn end = server.flushLsn();
            awaitStatus("\"flushed_lsn\" : \"" + end + "\"");
            assertThat(status())
                    .contains(
                            "\"system_identifier\" : \"" + server.systemIdentifier() + "\"",
                            "\"server_version\" : \"18.",
                            "\"timeline\" : 1",
                            "\"segment\" : \"00000001000000000000000",
                            "\"lag_bytes\" : 0",
                            "\"last_error\" : null",
                            "\"reconnects\" : 0")
                    .containsPattern("\"lag_seconds\" : 0\\.0")
                    .containsPattern("\"segments\" : [1-9]")
                    .containsPattern("\"connected_since\" : \"20..-");

            server.stop(PostgresServer.Mode.IMMEDIATE);
            awaitStatus("\"state\" : \"disconnected\"");
            assertThat(status()).containsPattern("\"sqlstate\" : \"(08006|57P0.)\"");
            server.start();
            awaitStatus("\"reconnects\" : 1");
            awaitMessage(receiver, "walcast receivewal: starting log streaming at ");

            receiver.terminate();
            receiver.await(TIMEOUT).requireSuccess();
            assertThat(status()).contains("\"state\" : \"stopped\"", "\"exit_code\" : 0");
            assertThat(home.resolve("receiver.json.new")).doesNotExist();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .startsWith("rw-");
        }
    }

    @Test
    void tellsWhyAReceiverDidNotStart() throws IOException {
        Result result = pgReceivewal()
                .run(TIMEOUT, "-D", wal.toString(), "-d", "host=127.0.0.1 port=1 user=u", "--status-json=" + file);

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(status())
                .contains("\"state\" : \"stopped\"", "\"sqlstate\" : \"08001\"", "Connection refused", ": 75");
    }

    @Test
    void isAnErrorWhereItCannotBeWritten() {
        Result result = walcast()
                .run(
                        TIMEOUT,
                        "receivewal",
                        "-D",
                        wal.toString(),
                        "-d",
                        "host=127.0.0.1 port=1 user=u",
                        "--status-json=" + home.resolve("missing/receiver.json"));

        assertThat(result.exitCode()).isEqualTo(64);
        assertThat(result.stderr())
                .startsWith("walcast receivewal: error: could not write status file \"")
                .endsWith("missing/receiver.json\": No such file or directory" + System.lineSeparator());
    }

    private void awaitStatus(String text) {
        await().atMost(TIMEOUT).until(() -> Files.exists(file) && status().contains(text));
    }

    private String status() throws IOException {
        return Files.readString(file);
    }
}
