// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.transport.WalReceiverConnection;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A side that does not read holds the other one back, and loses nothing. */
abstract class BackPressureContract extends StreamingContract {
    private static final int WINDOW_BYTES = 1 << 20;
    private static final int MESSAGE_BYTES = 128 << 10;
    private static final Duration STEADY = Duration.ofMillis(300);

    private final CountDownLatch gate = new CountDownLatch(1);

    @Test
    void holdsTheSenderBackWhileNobodyReceives() {
        int allowedBytes = WINDOW_BYTES + bytesUnderWay();
        byte[] wal = randomWal(allowedBytes + 32 * MESSAGE_BYTES);
        WalReceiverConnection connection = streaming(
                new PrimaryStream().wal(START, wal, MESSAGE_BYTES), options -> options.withWindowBytes(WINDOW_BYTES));

        awaitSteady();

        assertThat(journal.sentMessages()).isBetween(1L, allowedBytes / MESSAGE_BYTES + 4L);
        assertThat(receiveWal(connection, wal.length).wal()).isEqualTo(wal);
    }

    private void awaitSteady() {
        AtomicLong last = new AtomicLong(-1);
        await().atMost(SOON)
                .pollInterval(STEADY)
                .until(() -> journal.sentMessages() > 0 && last.getAndSet(journal.sentMessages()) == last.get());
    }

    @Test
    void refusesToSendWhileThePeerDoesNotReadAndThenSendsTheNewest() {
        WalReceiverConnection connection = streaming(new PrimaryStream().deaf(gate));
        long sends = sendUntilRefused(connection);

        gate.countDown();
        assertThat(latch.await(SOON.toNanos())).isTrue();

        StatusUpdate newest = status(sends + 1);
        sendOnceThereIsRoom(connection, newest);
        await().atMost(SOON).until(() -> newest.equals(journal.lastStatus()));
    }

    private long sendUntilRefused(WalReceiverConnection connection) {
        long deadlineNs = System.nanoTime() + 2 * SOON.toNanos();
        long sends = 0;
        boolean taken = true;
        while (taken && System.nanoTime() - deadlineNs < 0) {
            sends++;
            latch.reset();
            taken = connection.send(status(sends));
        }
        assertThat(taken).as("message %d taken", sends).isFalse();
        return sends;
    }

    private void sendOnceThereIsRoom(WalReceiverConnection connection, StatusUpdate update) {
        boolean taken = false;
        while (!taken) {
            latch.reset();
            taken = connection.send(update);
            assertThat(taken || latch.await(SOON.toNanos())).isTrue();
        }
    }

    private static StatusUpdate status(long n) {
        Lsn position = START.plus(n);
        return new StatusUpdate(position, position, Lsn.INVALID, new PgTimestamp(n), false);
    }
}
