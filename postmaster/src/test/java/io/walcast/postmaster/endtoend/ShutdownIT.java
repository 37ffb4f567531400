// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.endtoend.Receiving.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.testkit.postgres.Load;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Mode;
import io.walcast.testkit.postgres.PostgresServer.Options;
import io.walcast.testkit.postgres.WalFiles;
import io.walcast.walreceiver.FlushPolicy;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A server that stops hands us its last record, the shutdown checkpoint, and does not wait for us in vain. */
@Timeout(60)
class ShutdownIT {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    @RegisterExtension
    static final Servers servers = new Servers(Options::of);

    @TempDir
    private Path directory;

    @EachMajor
    void isNotHeldUpByItsOnlySynchronousStandby(int major) {
        PostgresServer server = servers.of(major);
        server.configure("synchronous_standby_names", "walcast");
        try (Receiving receiving = Receiving.start(Receiving.config(server, directory))) {
            try (Load load = Load.start(server, Load.Options.defaults().withThreads(2))) {
                load.awaitCommits(50, PATIENCE);
                server.stop(Mode.FAST, LIMIT);
            }
            requireAllOf(server, receiving);

            server.start();
            server.switchWal();
            receiving.catchUpWith(server);
            server.stop(Mode.FAST, LIMIT);
            requireAllOf(server, receiving);

            server.start();
            receiving.requireSameAs(server, receiving.catchUpWith(server));
        } finally {
            server.configure("synchronous_standby_names", null);
        }
    }

    @EachMajor
    void isNotHeldUpByASlotWhoseReceiverSyncsWholeSegmentsOnly(int major) {
        PostgresServer server = servers.of(major);
        try (Receiving receiving = Receiving.start(Receiving.config(server, directory)
                .withCreatedSlot("lazy")
                .withStatusInterval(Duration.ofMillis(200))
                .withFlush(FlushPolicy.SEGMENT_END, true))) {
            Lsn written = WrittenWal.of(server, 1);
            server.await(
                    "SELECT write_lsn >= '%s' FROM pg_stat_replication".formatted(written)
                            + " WHERE application_name = 'walcast'",
                    PATIENCE);
            server.stop(Mode.FAST, LIMIT);

            requireAllOf(server, receiving);
        } finally {
            server.start();
            server.execute("SELECT pg_drop_replication_slot('lazy')");
        }
    }

    private void requireAllOf(PostgresServer stopped, Receiving receiving) {
        ControlFile control = ControlFile.of(stopped);
        Lsn end = control.endOfCheckpoint(stopped);

        assertThat(control.isShutDown()).isTrue();
        receiving.awaitFlush(end);
        assertThat(receiving.receiver().flushedUpto()).isEqualTo(end);
        assertThat(WalFiles.compare(directory, stopped.walDirectory(), control.segmentSize(), TimelineId.FIRST, end)
                        .differences())
                .isEmpty();
    }
}
