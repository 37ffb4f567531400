// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.postmaster.ServingProgram;
import io.walcast.testkit.RequiresTool;
import io.walcast.testkit.postgres.Load;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import io.walcast.walreceiver.WalReceiverConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A receiver behind a load balancer, behind two relays of one primary: under load the relay it is at is killed, shut down, and
 * taken out of the balancer, and it goes on at the other one.
 */
@Timeout(120)
class LoadBalancerIT {
    @TempDir
    private Path root;

    @Test
    @RequiresTool(value = "nginx", group = "gRPC through nginx")
    void losesNothingThroughNginx() throws IOException {
        goesOnAtTheOtherNode("nginx.conf", null);
    }

    @Test
    @RequiresTool(value = "haproxy", group = "gRPC through haproxy")
    void losesNothingThroughHaproxy() throws IOException {
        goesOnAtTheOtherNode("haproxy.cfg", null);
    }

    @Test
    @RequiresTool(value = "haproxy", group = "gRPC through haproxy")
    void losesNothingWithTlsFromEndToEnd() throws IOException {
        goesOnAtTheOtherNode("haproxy-passthrough.cfg", new GrpcHop(Files.createDirectories(root.resolve("tls"))));
    }

    private void goesOnAtTheOtherNode(String configuration, @Nullable GrpcHop tls) throws IOException {
        Path received = Files.createDirectories(root.resolve("received"));
        try (PostgresServer primary = PostgresServer.start(Options.of(16));
                BalancedNodes nodes = new BalancedNodes(root, primary, tls);
                Balancer balancer =
                        Balancer.start(Files.createDirectories(root.resolve("lb")), configuration, nodes.ports());
                Load load = Load.start(primary, Load.Options.defaults().withCommitsPerSecond(200));
                Receiving receiving = Receiving.start(WalReceiverConfig.of(conninfo(balancer.port(), tls), received)
                        .withEnvironment(Map.of()))) {
            int killed = nodes.awaitActive(-1);
            receiving.catchUpWith(primary);
            nodes.of(killed).running().kill();
            goesOn(primary, receiving, load);
            nodes.start(killed);

            int drained = nodes.awaitActive(killed);
            ServingProgram down = nodes.of(drained);
            assertThat(down.stop().exitCode()).as(down.running().stderr()).isZero();
            goesOn(primary, receiving, load);
            nodes.start(drained);

            int takenOut = nodes.awaitActive(drained);
            balancer.takeOut(takenOut);
            int last = nodes.awaitActive(takenOut);
            goesOn(primary, receiving, load);

            assertThat(last).isEqualTo(1 - takenOut);
            load.stop();
            Lsn end = receiving.catchUpWith(primary);
            receiving.requireSameAs(primary, end);
            System.out.printf(
                    "load balancer: %s: %d commits, %d retries%n",
                    configuration, load.commits(), receiving.events().retries().size());
        }
    }

    private static String conninfo(int port, @Nullable GrpcHop tls) {
        String name = "application_name=" + BalancedNodes.RECEIVER;
        return tls == null
                ? "grpc://%s@127.0.0.1:%d/?%s".formatted(PostgresServer.USER, port, name)
                : tls.conninfo(port, name);
    }

    /** Has commits that come from now on arrive. */
    private static void goesOn(PostgresServer primary, Receiving receiving, Load load) {
        long before = load.commits();
        await().atMost(Receiving.PATIENCE).until(() -> load.commits() > before + 50);
        receiving.catchUpWith(primary);
    }
}
