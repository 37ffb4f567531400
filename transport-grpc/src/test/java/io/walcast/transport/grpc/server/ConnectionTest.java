// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.walcast.transport.ListenOptions.Limits;
import io.walcast.transport.server.Admission;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectionTest {
    private static final InetAddress ADDRESS = InetAddress.getLoopbackAddress();
    private static final Limits LIMITS = new Limits(Duration.ofSeconds(1), 10, 4, 20, 1 << 20, 16 << 10);

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Admission strangers = new Admission(LIMITS);
    private final Connection connection =
            new Connection(channel, ADDRESS, requireNonNull(strangers.enter(ADDRESS)), new Admission(LIMITS));

    @Test
    void closesAStrangerWhoBeginsOneCallAfterTheOther() {
        assertThat(connection.callBegan()).isTrue();
        connection.late();
        assertThat(connection.callBegan()).isFalse();
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isTrue();

        connection.callEnded();
        channel.runPendingTasks();

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void letsWhoHasLoggedInBeginAnother() {
        assertThat(connection.callBegan()).isTrue();
        assertThat(connection.logIn()).isTrue();
        connection.late();
        connection.callEnded();

        assertThat(connection.callBegan()).isTrue();
    }
}
