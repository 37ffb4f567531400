// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessage.XLogData;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.transport.WalReceiverConnection;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * What every transport must do. A transport proves it with one test class that extends this one and says how to start a
 * primary that follows a {@link PrimaryScript} and is reached over that transport.
 *
 * <p>The other parts are {@code ControlCallContract}, {@code StreamingContract} and {@code BackPressureContract}; this
 * one adds closing, at every moment and from every thread.
 */
public abstract class WalReceiverConnectionContract extends BackPressureContract {
    private static final int MESSAGE_BYTES = 32 << 10;

    private final CountDownLatch gate = new CountDownLatch(1);

    @Test
    void endsTheConnectionOnClose() {
        WalReceiverConnection connection = connect();

        connection.close();
        connection.close();

        await().atMost(SOON).until(() -> journal.disconnects() == 1);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "CONNECT")
    void makesNoCallOnceClosed(PrimaryCall call) {
        WalReceiverConnection connection = connect();
        elsewhere(connection::close).join();

        assertThatThrownBy(() -> make(call, connection)).isInstanceOf(ConnectionException.class);
        assertThat(journal.calls(call)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"IDENTIFY_SYSTEM", "TIMELINE_HISTORY", "START_STREAMING"})
    void endsAControlCallOnClose(PrimaryCall call) {
        script.on(call, new Reaction.Stall());
        WalReceiverConnection connection = connect();
        CompletableFuture<Void> close = elsewhere(() -> {
            journal.awaitCall(call, SOON);
            connection.close();
        });

        assertThatThrownBy(() -> make(call, connection)).isInstanceOf(ConnectionException.class);
        close.join();
    }

    @Test
    void wakesWhoWaitsForDataOnClose() {
        WalReceiverConnection connection = streaming(new PrimaryStream());
        latch.reset();
        assertThat(connection.receive()).isNull();
        CompletableFuture<Void> close = elsewhere(connection::close);

        assertThat(latch.await(SOON.toNanos())).isTrue();
        close.join();
        assertThatThrownBy(connection::receive).isInstanceOf(ConnectionException.class);
        assertThatThrownBy(connection::endStreaming).isInstanceOf(ConnectionException.class);
    }

    @Test
    void deliversNothingOnceClosed() {
        byte[] wal = randomWal(8 * MESSAGE_BYTES);
        WalReceiverConnection connection = streaming(new PrimaryStream().wal(START, wal, MESSAGE_BYTES));
        assertThat(next(connection)).isInstanceOf(XLogData.class);
        await().atMost(SOON).until(() -> journal.sentMessages() == 8);

        elsewhere(connection::close).join();

        assertThatThrownBy(connection::receive).isInstanceOf(ConnectionException.class);
        assertThatThrownBy(connection::receive).isInstanceOf(ConnectionException.class);
    }

    @Test
    void leavesAPayloadAloneWhenAnotherThreadCloses() {
        byte[] wal = randomWal(2 * MESSAGE_BYTES);
        WalReceiverConnection connection = streaming(new PrimaryStream().wal(START, wal, MESSAGE_BYTES));
        ByteBuffer payload = ((XLogData) next(connection)).payload();

        elsewhere(connection::close).join();

        assertThat(payload).isEqualTo(ByteBuffer.wrap(wal, 0, payload.remaining()));
        assertThatThrownBy(connection::receive).isInstanceOf(ConnectionException.class);
    }

    @Test
    void closesWhileThePeerDoesNotRead() {
        WalReceiverConnection connection = streaming(new PrimaryStream().deaf(gate));
        CountDownLatch refused = new CountDownLatch(1);
        CompletableFuture<Void> close = elsewhere(() -> {
            await().atMost(SOON).until(() -> refused.getCount() == 0);
            connection.close();
        });

        assertThatThrownBy(() -> repeat(() -> {
                    latch.reset();
                    if (!connection.send(status())) {
                        refused.countDown();
                        latch.await(SOON.toNanos());
                    }
                }))
                .isInstanceOf(ConnectionException.class);
        close.join();
        gate.countDown();
    }

    @RepeatedTest(20)
    void canBeClosedAtAnyMomentOfAStream(RepetitionInfo repetition) {
        byte[] wal = randomWal(64 * MESSAGE_BYTES);
        WalReceiverConnection connection =
                streaming(new PrimaryStream().wal(START, wal, MESSAGE_BYTES).keepalive(START, false));
        int closeAtBytes = (repetition.getCurrentRepetition() - 1) * 3 * MESSAGE_BYTES;
        CountDownLatch closeNow = new CountDownLatch(1);
        CompletableFuture<Void> close = elsewhere(() -> {
            await().pollDelay(Duration.ZERO).atMost(SOON).until(() -> closeNow.getCount() == 0);
            connection.close();
        });
        ReceivedStream received = new ReceivedStream();

        assertThatThrownBy(() -> repeat(() -> {
                    if (received.walBytes() >= closeAtBytes) {
                        closeNow.countDown();
                    }
                    connection.send(status());
                    latch.reset();
                    ServerMessage message = connection.receive();
                    if (message == null) {
                        latch.await(SOON.toNanos());
                    } else {
                        message.dispatchTo(received);
                    }
                }))
                .isInstanceOf(ConnectionException.class);
        close.join();
        assertThat(received.wal()).isEqualTo(Arrays.copyOf(wal, received.walBytes()));
    }

    private static StatusUpdate status() {
        return new StatusUpdate(START, START, Lsn.INVALID, PgTimestamp.NONE, false);
    }
}
