// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static io.walcast.postmaster.WalcastProgram.awaitMessage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.command.ReplicationCommand.StartReplication;
import io.walcast.core.TimelineId;
import io.walcast.postmaster.ServingProgram;
import io.walcast.postmaster.SyntheticArchive;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.Tool.Result;
import io.walcast.testkit.standby.FromServer;
import io.walcast.testkit.standby.LibpqStandby;
import io.walcast.testkit.standby.StandbyLogin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The end of {@code walcast serve} while a standby is connected that never confirms anything. */
@Timeout(90)
class ServeStopIT {
    private static final Duration A_WHILE = Duration.ofSeconds(2);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"TERM, INT, 130", "INT, TERM, 143", "TERM, TERM, 143"})
    void aSecondSignalEndsWhatTheFirstLetsWait(String first, String second, int exitCode) throws IOException {
        SyntheticArchive archive = new SyntheticArchive(folder.resolve("archive"));
        archive.addSegment();
        ServingProgram.initialize(archive.directory(), true);
        try (ServingProgram program = ServingProgram.serve(archive.directory());
                LibpqStandby silent = connect(program.port())) {
            silent.send(new StartReplication(null, SyntheticArchive.START, TimelineId.FIRST));
            assertThat(silent.next(PATIENCE)).isInstanceOf(FromServer.CopyBoth.class);

            program.running().signal(first);
            awaitMessage(program.running(), "shutting down: 1 connected");
            await().during(A_WHILE)
                    .atMost(PATIENCE)
                    .until(() -> program.running().isRunning());
            long signaledNs = System.nanoTime();
            program.running().signal(second);

            Result result = program.running().await(PATIENCE);
            assertThat(result.exitCode()).isEqualTo(exitCode);
            assertThat(Duration.ofNanos(System.nanoTime() - signaledNs)).isLessThan(A_WHILE);
        }
        try (ServingProgram again = ServingProgram.serve(archive.directory())) {
            assertThat(again.port()).isPositive();
            assertThat(again.stop().exitCode()).isZero();
        }
    }

    private static LibpqStandby connect(int port) throws IOException {
        return LibpqStandby.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                StandbyLogin.PHYSICAL.withUser(PostgresServer.USER));
    }
}
