// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.testkit.service.ScriptedSession;
import io.walcast.testkit.service.ScriptedWalStream;
import io.walcast.testkit.service.WalRun;
import io.walcast.testkit.standby.ScriptedStandby;
import io.walcast.transport.CloseReason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer that does not read costs its own position and nothing else: neither memory nor turns, nor anybody's progress. */
abstract class SenderBackPressureContract extends SenderStreamContract {
    private static final Duration STEADY = Duration.ofMillis(300);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void asksForNoMoreThanMayWait(boolean inFile) throws IOException {
        byte[] wal = randomWal(allowedBytes() + 32 * CHUNK_BYTES);
        try (FileChannel file = fileWith(wal)) {
            ScriptedStandby standby = streaming(stream -> stream.add(
                    inFile ? WalRun.inFile(START, wal, CHUNK_BYTES, file) : WalRun.buffered(START, wal, CHUNK_BYTES)));
            ScriptedWalStream stream = stream(standby);

            awaitSteady(stream);
            long handedOut = stream.handedOutBytes();
            for (int i = 0; i < 1000; i++) {
                stream.wake();
            }
            soon().during(QUIET).until(() -> stream.handedOutBytes() == handedOut);

            assertThat(handedOut).isBetween(1L, allowedBytes() + 2L * CHUNK_BYTES);
            assertThat(readWal(standby, START, wal.length)).isEqualTo(wal);
        }
    }

    private int allowedBytes() {
        return listenOptions().limits().sendBufferBytes() + bytesUnderWay();
    }

    private static void awaitSteady(ScriptedWalStream stream) {
        AtomicLong last = new AtomicLong(-1);
        soon().pollInterval(STEADY)
                .until(() -> stream.handedOutBytes() > 0
                        && last.getAndSet(stream.handedOutBytes()) == stream.handedOutBytes());
    }

    private ScriptedStandby stalled() {
        byte[] wal = randomWal(allowedBytes() + 32 * CHUNK_BYTES);
        ScriptedStandby standby = streaming(stream -> stream.add(WalRun.buffered(START, wal, CHUNK_BYTES)));
        awaitSteady(stream(standby));
        return standby;
    }

    @Test
    void leavesOtherSessionsUnharmed() {
        ScriptedStandby stalled = stalled();
        byte[] wal = randomWal(8 << 20);

        ScriptedStandby other = streaming(stream -> stream.add(WalRun.buffered(START, wal, CHUNK_BYTES)));

        assertThat(readWal(other, START, wal.length)).isEqualTo(wal);
        assertThat(session(stalled).closed()).isNotDone();
    }

    @Test
    void letsOthersHaveTheirTurnWhileAFastPeerReads() {
        byte[] wal = randomWal(CHUNK_BYTES);
        ScriptedStandby fast =
                streaming(stream -> stream.onNext(() -> stream.add(WalRun.buffered(START, wal, CHUNK_BYTES))));
        AtomicBoolean enough = new AtomicBoolean();
        Thread reader = new Thread(() -> {
            while (!enough.get()) {
                fast.poll(SOON);
            }
        });
        reader.start();
        service.onCommand((session, command, reply) -> reply.ready());
        ScriptedStandby other = standby();

        for (int i = 0; i < 20; i++) {
            assertThat(other.identify(SOON).ready()).isTrue();
        }

        enough.set(true);
        assertThatCode(reader::join).doesNotThrowAnyException();
    }

    @Test
    void takesMessagesOfAPeerThatDoesNotRead() {
        ScriptedStandby stalled = stalled();

        for (int i = 0; i < 100; i++) {
            stalled.send(status(i));
        }

        soon().until(() -> session(stalled).received().size() == 100);
    }

    /** How a stream to a peer that does not read may end. */
    enum Ending {
        TERMINATE,
        DROP,
        CUT
    }

    @ParameterizedTest
    @EnumSource
    void endsWhileThePeerDoesNotRead(Ending ending) {
        ScriptedStandby stalled = stalled();
        ScriptedSession session = session(stalled);

        switch (ending) {
            case TERMINATE ->
                session.peer().terminate(new ErrorFields("FATAL", SqlState.ADMIN_SHUTDOWN, "terminating", null, null));
            case DROP -> session.peer().drop();
            case CUT -> stalled.cut();
        }

        assertThat(awaitClosed(session))
                .isEqualTo(ending == Ending.CUT ? CloseReason.CONNECTION_LOST : CloseReason.ENDED_BY_SERVER);
    }

    @Test
    void dropsNoticesForAPeerThatDoesNotRead() {
        ScriptedStandby stalled = stalled();
        ErrorFields notice = new ErrorFields("NOTICE", new SqlState("00000"), "x".repeat(10_000), null, null);

        for (int i = 0; i < 10_000; i++) {
            session(stalled).peer().notice(notice);
        }
        stalled.send(status(1));

        soon().until(() -> !session(stalled).received().isEmpty());
    }

    @Test
    void closesTheListenerWhileAPeerDoesNotRead() {
        ScriptedStandby stalled = stalled();

        listener().close();

        assertThat(session(stalled).closed()).isCompletedWithValue(CloseReason.LISTENER_CLOSED);
    }
}
