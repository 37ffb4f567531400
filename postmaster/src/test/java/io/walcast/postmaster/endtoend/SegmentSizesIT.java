// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SegmentSizesIT {
    private static final int MEGABYTE = 1 << 20;

    @TempDir
    private Path directory;

    @ParameterizedTest(name = "{0} MB")
    @ValueSource(ints = {1, 64})
    void areTheServers(int megabytes) {
        try (PostgresServer server = PostgresServer.start(Options.of(18).withWalSegmentSizeMb(megabytes));
                Receiving receiving = Receiving.start(Receiving.config(server, directory))) {
            receiving.catchUpWith(server);
            WrittenWal.of(server, 2 * megabytes * MEGABYTE);
            server.switchWal();
            WrittenWal.of(server, MEGABYTE / 2);
            Lsn end = receiving.catchUpWith(server);

            assertThat(receiving.requireSameAs(server, end).segments()).isGreaterThanOrEqualTo(3);
            assertThat(Snapshot.of(directory).files().values())
                    .allMatch(file -> file.startsWith(megabytes * MEGABYTE + " bytes"));
        }
    }
}
