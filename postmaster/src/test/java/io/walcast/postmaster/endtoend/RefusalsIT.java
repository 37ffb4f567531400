// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.endtoend.Receiving.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.Retry;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;
import io.walcast.postmaster.ExitCodes;
import io.walcast.testkit.net.Ending;
import io.walcast.testkit.net.LoopbackPorts;
import io.walcast.testkit.net.MisbehavingProxy;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import io.walcast.testkit.postgres.Tool;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a receiver must not take: it ends, says why, and changes nothing on disk. */
@Timeout(60)
class RefusalsIT {
    private static final int SEGMENT_BYTES = 1 << 20;

    @RegisterExtension
    static final Servers servers = new Servers(major -> Options.of(major).withWalSegmentSizeMb(1));

    @TempDir
    private Path directory;

    private final PostgresServer server = servers.of(15);

    @Test
    void anotherCluster() {
        PostgresServer other = servers.of(18);
        WrittenWal.of(other, 3 * SEGMENT_BYTES);
        try (MisbehavingProxy proxy = MisbehavingProxy.to(server.port());
                Receiving receiving = Receiving.start(Receiving.config(proxy.port(), directory))) {
            WrittenWal.of(server, SEGMENT_BYTES);
            receiving.catchUpWith(server);
            Snapshot before = Snapshot.of(directory);
            proxy.retarget(other.port());
            proxy.cut(Ending.RST);
            WalException failure = receiving.awaitFailure();

            assertThat(failure)
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining(server.systemIdentifier().toString())
                    .hasMessageContaining(other.systemIdentifier().toString());
            assertThat(failure.sqlState()).isEqualTo(SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE);
            assertThat(failure.retry()).isEqualTo(Retry.NEVER);
            assertThat(Snapshot.of(directory)).isEqualTo(before);
        }
    }

    @Test
    void aServerThatHasRemovedTheWalThatFollowsOurs() {
        PostgresServer forgetful = servers.of(17);
        forgetful.configure("wal_keep_size", "0");
        Lsn end;
        try (Receiving receiving = Receiving.start(Receiving.config(forgetful, directory))) {
            WrittenWal.of(forgetful, 1);
            end = receiving.catchUpWith(forgetful);
        }
        Lsn start = forgetful.segmentSize().startOfSegment(end);
        for (int i = 0; i < 3; i++) {
            WrittenWal.of(forgetful, 1);
            forgetful.switchWal();
        }
        forgetful.execute("CHECKPOINT");
        Snapshot before = Snapshot.of(directory);

        try (Receiving receiving = Receiving.start(Receiving.config(forgetful, directory))) {
            WalException failure = receiving.awaitFailure();

            assertThat(failure).hasMessageContaining("has already been removed").hasMessageContaining(start.toString());
            assertThat(failure.sqlState()).isEqualTo(SqlState.UNDEFINED_FILE);
            assertThat(failure.retry()).isEqualTo(Retry.NEVER);
        }
        assertThat(Snapshot.of(directory)).isEqualTo(before);
        try (Tool.Running program = Program.receivewal(forgetful.port(), directory)) {
            assertThat(program.await(PATIENCE).exitCode()).isEqualTo(ExitCodes.NEEDS_A_PERSON);
            assertThat(program.stderr()).contains("has already been removed").contains(start.toString());
        }
        assertThat(Snapshot.of(directory)).isEqualTo(before);
    }

    @Test
    void aWrongPassword() {
        try (PostgresServer guarded = PostgresServer.start(Options.of(16)
                .withHba("host replication all 127.0.0.1/32 scram-sha-256", "host all all 127.0.0.1/32 trust"))) {
            String conninfo = Receiving.conninfo(guarded.port()) + " password=wrong";
            try (Receiving receiving = Receiving.start(
                    Receiving.config(guarded, directory).withPasswordPrompt(prompt -> "wrong".toCharArray()))) {
                await().atMost(PATIENCE)
                        .until(() -> !receiving.events().retries().isEmpty());

                assertThat(receiving.events().retries().get(0).sqlState()).isEqualTo(SqlState.INVALID_PASSWORD);
            }
            try (Tool.Running program = Program.receivewal(guarded.port(), directory, "-d", conninfo)) {
                assertThat(program.await(PATIENCE).exitCode()).isEqualTo(ExitCodes.AUTHENTICATION);
                assertThat(program.stderr())
                        .contains("password authentication failed")
                        .doesNotContain("wrong");
            }
            assertThat(Snapshot.of(directory).files()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 400 Bad Request\r\n\r\n",
                "E\u0000\u0000\u0000\u0003",
                "R\u00ff\u00ff\u00ff\u00ff",
                "S\u0000"
            })
    void whatIsNoPostgresServer(String answer) throws IOException {
        try (ServerSocket listener = LoopbackPorts.listen()) {
            CompletableFuture<Void> serving = CompletableFuture.runAsync(() -> answerAll(listener, answer));
            try (Tool.Running program = Program.receivewal(listener.getLocalPort(), directory, "--no-loop")) {
                Tool.Result result = program.await(PATIENCE);

                assertThat(result.exitCode()).isIn(ExitCodes.TEMPORARY, ExitCodes.NEEDS_A_PERSON);
                assertThat(result.stderr())
                        .contains("walcast receivewal: error: ")
                        .doesNotContain("\tat ");
            }
            assertThat(serving).isNotCompletedExceptionally();
            assertThat(Snapshot.of(directory).files()).isEmpty();
        }
    }

    private static void answerAll(ServerSocket listener, String answer) {
        while (!listener.isClosed()) {
            try (Socket client = listener.accept();
                    OutputStream out = client.getOutputStream()) {
                client.getInputStream().read(new byte[1000]);
                out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
            } catch (IOException e) {
                // The client has seen enough, or the test is over.
            }
        }
    }
}
