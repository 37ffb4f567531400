// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.endtoend.Receiving.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.testkit.postgres.Load;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class ServerCrashIT {
    @TempDir
    private Path directory;

    @Test
    void isOutlivedByTheReceiver() {
        try (PostgresServer server = PostgresServer.start(Options.of(17).withWalSegmentSizeMb(1));
                Receiving receiving = Receiving.start(Receiving.config(server, directory));
                Load load = Load.start(server, Load.Options.defaults().withThreads(2))) {
            for (int crash = 1; crash <= 3; crash++) {
                load.awaitCommits(load.commits() + 200, PATIENCE);
                receiving.awaitFlush(load.lastCommittedLsn());
                server.kill();
                server.start();
                load.awaitCommits(load.commits() + 200, PATIENCE);
                receiving.awaitFlush(load.lastCommittedLsn());

                assertThat(receiving.events().streams()).hasSizeGreaterThan(crash);
            }
            load.stop();
            Lsn end = receiving.catchUpWith(server);

            receiving.requireSameAs(server, end);
        }
    }
}
