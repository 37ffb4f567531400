// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static org.awaitility.Awaitility.await;

import io.walcast.postmaster.ServingProgram;
import io.walcast.testkit.postgres.PostgresServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Two relays of one primary that serve by gRPC; processes that can be started again on the ports they had. */
final class BalancedNodes implements AutoCloseable {
    /** What they know the receiver as. */
    static final String RECEIVER = "balanced";

    private static final int NODES = 2;
    private static final Pattern ACTIVE =
            Pattern.compile("\"application_name\":\"" + RECEIVER + "\"[^}]*\"state\":\"streaming\"");

    private final Path root;
    private final PostgresServer primary;
    private final String scheme;
    private final List<ServingProgram> nodes = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();

    /** Starts them, with TLS as {@code tls} has it if it is not null. */
    BalancedNodes(Path root, PostgresServer primary, @Nullable GrpcHop tls) {
        this.root = root;
        this.primary = primary;
        scheme = tls == null ? "grpc" : "grpcs";
        for (int i = 0; i < NODES; i++) {
            Relayed.initialize(home(i));
            if (tls != null) {
                tls.admit(home(i));
            }
            nodes.add(relay(i, 0));
        }
        for (int i = 0; i < NODES; i++) {
            ports.add(nodes.get(i).port(scheme));
        }
    }

    private Path home(int node) {
        return root.resolve("node" + node);
    }

    private ServingProgram relay(int node, int port) {
        return ServingProgram.relay(
                home(node), Receiving.conninfo(primary.port()), "--serve", scheme + "://127.0.0.1:" + port);
    }

    /** Returns their ports. */
    List<Integer> ports() {
        return ports;
    }

    ServingProgram of(int node) {
        return nodes.get(node);
    }

    /** Starts one that has ended. */
    void start(int node) {
        nodes.get(node).close();
        nodes.set(node, relay(node, ports.get(node)));
        nodes.get(node).port(scheme);
    }

    /** Waits until the receiver streams from one other than {@code not}; returns which. */
    int awaitActive(int not) {
        return await().atMost(PATIENCE)
                .until(
                        () -> IntStream.range(0, NODES)
                                .filter(i -> i != not && nodes.get(i).running().isRunning())
                                .filter(i ->
                                        ACTIVE.matcher(Relayed.status(home(i))).find())
                                .findFirst()
                                .orElse(-1),
                        node -> node >= 0);
    }

    @Override
    public void close() {
        nodes.forEach(ServingProgram::close);
    }
}
