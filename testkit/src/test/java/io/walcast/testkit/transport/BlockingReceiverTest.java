// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.protocol.ServerMessage.Keepalive;
import io.walcast.ipc.Latch;
import io.walcast.transport.BlockingReceiver;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.StreamOptions;
import io.walcast.transport.WalReceiverConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BlockingReceiverTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Lsn START = Lsn.parse("0/3000000");

    private final CountDownLatch gate = new CountDownLatch(1);
    private final Latch latch = new Latch();
    private final WalReceiverConnection connection = connect();
    private final BlockingReceiver receiver = new BlockingReceiver(connection, latch);

    private WalReceiverConnection connect() {
        MemoryTransport transport = new MemoryTransport();
        PrimaryScript script =
                new PrimaryScript().stream(new PrimaryStream().hold(gate).keepalive(START, true));
        return transport.connect(ConnectOptions.of(transport.add("primary", script), latch));
    }

    @AfterEach
    void close() {
        connection.close();
    }

    @Test
    void returnsNullWhenNothingCameInTime() {
        start();

        assertThat(receiver.receive(Duration.ofMillis(10))).isNull();
        assertThat(receiver.receive(Duration.ZERO)).isNull();
    }

    @Test
    void goesOnWaitingWhenTheLatchWasSetForAnotherReason() {
        start();
        latch.set();

        assertThat(receiver.receive(Duration.ofMillis(10))).isNull();
    }

    @Test
    void waitsForTheNextMessage() {
        start();
        CompletableFuture<Void> opener = CompletableFuture.runAsync(gate::countDown);

        assertThat(receiver.receive(LONG)).isEqualTo(new Keepalive(START, PrimaryStream.SENT_AT, true));
        opener.join();
    }

    @Test
    void endsWhenTheConnectionIsClosed() {
        start();
        CompletableFuture<Void> closer = CompletableFuture.runAsync(connection::close);

        assertThatThrownBy(() -> receiver.receive(LONG)).isInstanceOf(ConnectionException.class);
        closer.join();
    }

    private void start() {
        assertThat(connection.startStreaming(new StreamOptions.Physical(null, START, TimelineId.FIRST)))
                .isNotNull();
    }
}
