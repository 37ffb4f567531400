// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walcast.core.PgTimestamp;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessage.EndOfStream.Reason;
import io.walcast.core.protocol.ServerMessage.Keepalive;
import io.walcast.core.protocol.ServerMessage.XLogData;
import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.transport.EndResult;
import io.walcast.transport.WalReceiverConnection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What arrives, in which order, and how a stream ends. */
abstract class StreamingContract extends ControlCallContract {
    private static final int MIN_WINDOW_BYTES = 64 << 10;
    private static final int MESSAGE_BYTES = 128 << 10;
    private static final byte[] SOME_WAL = "some WAL".getBytes(StandardCharsets.US_ASCII);

    private final CountDownLatch gate = new CountDownLatch(1);

    @Test
    void deliversWalInTheOrderItWasSent() {
        WalReceiverConnection connection =
                streaming(new PrimaryStream().wal(START, new byte[] {'a', 'b'}).wal(START.plus(2), new byte[] {'c'}));

        assertThat(receiveWal(connection, 3).wal()).asString().isEqualTo("abc");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 26, 1000, 1 << 20})
    void putsFramesTogetherWhereverTheyAreCut(int pieceBytes) {
        byte[] wal = randomWal(20_000);
        script.inPiecesOf(pieceBytes);
        WalReceiverConnection connection = streaming(new PrimaryStream()
                .keepalive(START, false)
                .wal(START, wal, 700)
                .keepalive(START.plus(wal.length), true)
                .endOfTimeline(TWO, START.plus(wal.length)));

        ReceivedStream received = receiveToTheEnd(connection);

        assertThat(received.wal()).isEqualTo(wal);
        assertThat(received.keepalives()).hasSize(2);
        assertThat(connection.endStreaming()).isEqualTo(new EndResult(TWO, START.plus(wal.length)));
    }

    @Test
    void deliversMessagesLargerThanItsWindow() {
        byte[] wal = randomWal(8 * MESSAGE_BYTES);
        WalReceiverConnection connection = streaming(
                new PrimaryStream().wal(START, wal, 4 * MESSAGE_BYTES),
                options -> options.withWindowBytes(MIN_WINDOW_BYTES));

        assertThat(receiveWal(connection, wal.length).wal()).isEqualTo(wal);
    }

    @Test
    void tellsWhatTheServerSaidAboutTheWal() {
        WalReceiverConnection connection = streaming(new PrimaryStream().wal(START, SOME_WAL));

        assertThat(next(connection)).isInstanceOfSatisfying(XLogData.class, data -> {
            assertThat(data.start()).isEqualTo(START);
            assertThat(data.serverEnd()).isEqualTo(START.plus(SOME_WAL.length));
            assertThat(data.sentAt()).isEqualTo(PrimaryStream.SENT_AT);
        });
    }

    @Test
    void neverWaitsInReceiveAndSetsTheLatchWhenThereIsSomething() {
        WalReceiverConnection connection =
                streaming(new PrimaryStream().hold(gate).wal(START, SOME_WAL));

        latch.reset();
        assertThat(connection.receive()).isNull();
        gate.countDown();

        assertThat(latch.await(SOON.toNanos())).isTrue();
        assertThat(receiveWal(connection, SOME_WAL.length).wal()).isEqualTo(SOME_WAL);
    }

    @Test
    void takesSilenceForSilence() {
        WalReceiverConnection connection = streaming(new PrimaryStream().hold(gate));

        for (int i = 0; i < 10_000; i++) {
            assertThat(connection.receive()).isNull();
        }
        // The latch may still be set for what has been taken already, but not again and again.
        await().atMost(SOON).until(() -> {
            latch.reset();
            assertThat(connection.receive()).isNull();
            return !latch.await(SHORT.toNanos());
        });
    }

    @Test
    void leavesAPayloadAloneUntilTheNextCall() {
        byte[] wal = randomWal(16 * MESSAGE_BYTES);
        PrimaryStream stream = new PrimaryStream()
                .wal(START, SOME_WAL)
                .hold(gate)
                .wal(START.plus(SOME_WAL.length), wal, MESSAGE_BYTES);
        WalReceiverConnection connection = streaming(stream);
        ReceivedStream received = new ReceivedStream();
        ServerMessage first = next(connection);
        first.dispatchTo(received);

        gate.countDown();
        await().atMost(SOON).until(() -> journal.sentMessages() > 4);

        assertThat(((XLogData) first).payload()).isEqualTo(ByteBuffer.wrap(received.wal()));
        while (received.walBytes() < SOME_WAL.length + wal.length) {
            next(connection).dispatchTo(received);
        }
        assertThat(received.wal()).startsWith(SOME_WAL).endsWith(wal);
    }

    @Test
    void deliversKeepalives() {
        WalReceiverConnection connection =
                streaming(new PrimaryStream().keepalive(START.plus(1), false).keepalive(START.plus(2), true));

        assertThat(next(connection)).isEqualTo(new Keepalive(START.plus(1), PrimaryStream.SENT_AT, false));
        assertThat(next(connection)).isEqualTo(new Keepalive(START.plus(2), PrimaryStream.SENT_AT, true));
        assertThat(connection.receive()).isNull();
    }

    @Test
    void sendsStatusAndFeedback() {
        WalReceiverConnection connection = streaming(new PrimaryStream());
        StatusUpdate status =
                new StatusUpdate(START.plus(3), START.plus(2), START.plus(1), new PgTimestamp(4711), true);
        HotStandbyFeedback feedback = new HotStandbyFeedback(new PgTimestamp(4712), -1, 2, 3, 4);

        assertThat(connection.send(status)).isTrue();
        await().atMost(SOON).until(() -> status.equals(journal.lastStatus()));
        assertThat(connection.send(feedback)).isTrue();
        await().atMost(SOON).until(() -> feedback.equals(journal.lastFeedback()));
    }

    @Test
    void followsATimelineOnTheSameConnection() {
        script.history(TWO, SOME_WAL).stream(
                new PrimaryStream().wal(START, SOME_WAL).endOfTimeline(TWO, START.plus(SOME_WAL.length)))
                .stream(new PrimaryStream().wal(START, SOME_WAL).wal(START.plus(SOME_WAL.length), SOME_WAL));
        WalReceiverConnection connection = connect();

        start(connection, ONE);
        ReceivedStream first = receiveToTheEnd(connection);
        assertThat(first.wal()).isEqualTo(SOME_WAL);
        assertThat(first.endReason()).isEqualTo(Reason.END_OF_TIMELINE);
        assertThat(connection.receive()).isNull();
        assertThat(connection.endStreaming()).isEqualTo(new EndResult(TWO, START.plus(SOME_WAL.length)));

        assertThat(connection.readTimelineHistory(TWO).fileName()).isEqualTo("00000002.history");
        start(connection, TWO);
        assertThat(receiveWal(connection, 2 * SOME_WAL.length).walBytes()).isEqualTo(2 * SOME_WAL.length);
        assertThat(journal.calls(PrimaryCall.START_STREAMING)).containsExactly("0/3000000/1", "0/3000000/2");
    }

    @Test
    void endsATimelineThatNothingFollows() {
        WalReceiverConnection connection =
                streaming(new PrimaryStream().wal(START, SOME_WAL).endOfTimeline());

        assertThat(receiveToTheEnd(connection).wal()).isEqualTo(SOME_WAL);
        assertThat(connection.endStreaming()).isEqualTo(EndResult.NONE);
        assertThat(connection.identifySystem()).isEqualTo(script.identity());
    }

    @Test
    void tellsAShutdownFromAnEndOfTimeline() {
        WalReceiverConnection connection =
                streaming(new PrimaryStream().wal(START, SOME_WAL).shutdown());

        ReceivedStream received = receiveToTheEnd(connection);

        assertThat(received.wal()).isEqualTo(SOME_WAL);
        assertThat(received.endReason()).isEqualTo(Reason.SHUTDOWN);
    }

    @Test
    void endsAStreamFromItsOwnSide() {
        byte[] wal = randomWal(64 * MESSAGE_BYTES);
        WalReceiverConnection connection = streaming(new PrimaryStream().wal(START, wal, MESSAGE_BYTES));

        assertThat(next(connection)).isInstanceOf(XLogData.class);
        assertThat(connection.endStreaming()).isEqualTo(EndResult.NONE);
        assertThat(connection.identifySystem()).isEqualTo(script.identity());
    }

    @Test
    void reportsTheServersOwnErrorBehindTheLastWal() {
        ErrorFields gone = ErrorFields.error(SqlState.UNDEFINED_FILE, "requested WAL segment has already been removed");
        byte[] wal = randomWal(20_000);
        WalReceiverConnection connection =
                streaming(new PrimaryStream().wal(START, wal, 1000).fail(gone));
        await().atMost(SOON).until(() -> journal.sentMessages() == 20);

        assertThat(receiveWal(connection, wal.length).wal()).isEqualTo(wal);
        assertSqlState(SqlState.UNDEFINED_FILE, () -> next(connection));
        assertThat(connection.identifySystem()).isEqualTo(script.identity());
    }

    @Test
    void reportsWhyTheServerEndedTheConnection() {
        ErrorFields killed = new ErrorFields("FATAL", SqlState.ADMIN_SHUTDOWN, "terminating connection", null, null);
        WalReceiverConnection connection = streaming(new PrimaryStream().fail(killed));

        assertSqlState(SqlState.ADMIN_SHUTDOWN, () -> next(connection));
        assertThatThrownBy(connection::identifySystem).isInstanceOf(ConnectionException.class);
    }

    @Test
    void noticesThatTheServerIsGoneWhileStreaming() {
        WalReceiverConnection connection =
                streaming(new PrimaryStream().wal(START, SOME_WAL).drop());

        assertThatThrownBy(() -> receiveToTheEnd(connection)).isInstanceOf(ConnectionException.class);
    }
}
