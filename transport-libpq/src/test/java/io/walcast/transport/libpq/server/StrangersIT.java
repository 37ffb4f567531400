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
}
