// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Thousands of connections that say nothing, from one address, and an honest client from another. */
@Timeout(120)
class StrangersIT {
    private static final int SILENT = 2_000;
    private static final Duration AT_MOST = Duration.ofSeconds(1);

    @Test
    void anHonestClientLogsInMeanwhile(@TempDir Path directory) throws IOException {
        List<Socket> silent = new ArrayList<>();
        try (ServerUnderTest server = ServerUnderTest.start(directory)) {
            InetSocketAddress address = server.listener.address();
            try (FrontendClient first = server.connect()) {
                first.logIn();
            }
            for (int i = 0; i < SILENT; i++) {
                silent.add(new Socket(address.getAddress(), address.getPort()));
            }
            long beforeNs = System.nanoTime();
            try (FrontendClient honest = FrontendClient.connectFrom("127.0.0.2", address)) {
                honest.logIn();
                assertThat(Duration.ofNanos(System.nanoTime() - beforeNs)).isLessThan(AT_MOST);
                assertThat(honest.query("IDENTIFY_SYSTEM").typesUntil('Z')).isEqualTo("TDCZ");
            }
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    /** All at once from one address, as when a machine with many receivers comes up again. */
    @Test
    void manyHonestClientsOfOneAddressAllComeIn(@TempDir Path directory) throws Exception {
        int clients = 90;
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        CyclicBarrier together = new CyclicBarrier(clients);
        try (ServerUnderTest server = ServerUnderTest.start(directory)) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                answers.add(threads.submit(() -> {
                    together.await();
                    try (FrontendClient client = server.connect()) {
                        client.logIn();
                        return client.query("IDENTIFY_SYSTEM").typesUntil('Z');
                    }
                }));
            }
            for (Future<String> answer : answers) {
                assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("TDCZ");
            }
        } finally {
            threads.shutdown();
        }
    }
}
