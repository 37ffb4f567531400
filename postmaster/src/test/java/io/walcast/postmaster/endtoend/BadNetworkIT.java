// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.endtoend.Receiving.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.error.ConnectionException;
import io.walcast.testkit.net.Behaviour;
import io.walcast.testkit.net.Direction;
import io.walcast.testkit.net.Ending;
import io.walcast.testkit.net.MisbehavingProxy;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BadNetworkIT {
    private static final int MEGABYTE = 1 << 20;

    @RegisterExtension
    static final Servers servers = new Servers(major -> Options.of(major).withWalSegmentSizeMb(1));

    @TempDir
    private Path directory;

    private final PostgresServer server = servers.of(16);

    @Test
    void costsNothingWhereverItIsCut() {
        int[] offsets = {0, 1, 9, 100, 300, 500, 700, 1000, 5000, 131_100, 1_000_000, 2_000_003};
        try (MisbehavingProxy proxy = MisbehavingProxy.to(server.port())) {
            try (Receiving first = Receiving.start(Receiving.config(proxy.port(), directory))) {
                first.catchUpWith(server);
            }
            Lsn end = WrittenWal.of(server, 3 * MEGABYTE);
            for (int offset : offsets) {
                Ending ending = offset % 2 == 0 ? Ending.RST : Ending.FIN;
                proxy.behave(Direction.TO_CLIENT, Behaviour.PASS.withCutAfter(offset, ending));
                try (Receiving cut = Receiving.start(Receiving.config(proxy.port(), directory))) {
                    await("cut after " + offset)
                            .atMost(PATIENCE)
                            .until(() -> !cut.events().retries().isEmpty());
                    assertThat(cut.events().retries().get(0))
                            .as("cut after %d", offset)
                            .isInstanceOf(ConnectionException.class);
                }
            }
            proxy.behave(Behaviour.PASS);
            try (Receiving last = Receiving.start(Receiving.config(proxy.port(), directory))) {
                last.awaitFlush(end);
                last.requireSameAs(server, end);
            }
        }
    }

    @Test
    void mayBeSlowAndDeliverInPieces() {
        try (MisbehavingProxy proxy = MisbehavingProxy.to(server.port())) {
            proxy.behave(Behaviour.PASS.withPieces(1));
            try (Receiving receiving = Receiving.start(Receiving.config(proxy.port(), directory))) {
                await().atMost(PATIENCE)
                        .until(() -> !receiving.events().streams().isEmpty());
                proxy.behave(Behaviour.PASS.withThrottle(2L * MEGABYTE).withPieces(1400));
                Lsn end = WrittenWal.of(server, 2 * MEGABYTE);
                receiving.awaitFlush(end);

                receiving.requireSameAs(server, end);
                assertThat(receiving.events().retries()).isEmpty();
            }
        }
    }

    @Test
    void isLeftWhenTheServerFallsSilent() {
        Duration limit = Duration.ofSeconds(2);
        try (MisbehavingProxy proxy = MisbehavingProxy.to(server.port());
                Receiving receiving = Receiving.start(
                        Receiving.config(proxy.port(), directory).withReceiveTimeout(limit))) {
            receiving.catchUpWith(server);
            // An idle server answers when it is asked, so nothing happens as long as it is in reach.
            await().during(limit.plusSeconds(1))
                    .atMost(PATIENCE)
                    .until(() -> receiving.events().retries().isEmpty());
            long start = System.nanoTime();
            proxy.behave(Behaviour.BLACK_HOLE);
            await().atMost(PATIENCE).until(() -> !receiving.events().retries().isEmpty());
            Duration noticed = Duration.ofNanos(System.nanoTime() - start);
            proxy.behave(Behaviour.PASS);

            assertThat(noticed).isBetween(limit.dividedBy(2), limit.plusSeconds(2));
            assertThat(receiving.events().retries().get(0)).isInstanceOf(ConnectionException.class);
            Lsn end = WrittenWal.of(server, 1);
            receiving.awaitFlush(end);
            receiving.requireSameAs(server, end);
        }
    }

    @Test
    void doesNotHoldUpAStopWhileItSwallowsTheConnection() {
        try (MisbehavingProxy proxy = MisbehavingProxy.to(server.port())) {
            proxy.behave(Behaviour.BLACK_HOLE);
            Receiving receiving = Receiving.start(Receiving.config(proxy.port(), directory));
            await().atMost(PATIENCE).until(() -> proxy.open() == 1);
            long start = System.nanoTime();
            receiving.close();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
            assertThat(Snapshot.of(directory).files()).isEmpty();
        }
    }
}
