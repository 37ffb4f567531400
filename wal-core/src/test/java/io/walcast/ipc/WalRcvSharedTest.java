// SPDX-License-Identifier: Apache-2.0
package io.walcast.ipc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.TimelineId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class WalRcvSharedTest {
    private static final Lsn START = Lsn.parse("0/3000000");
    private static final TimelineId ONE = TimelineId.FIRST;
    private static final TimelineId TWO = TimelineId.of(2);
    private static final String CONNINFO = "host=a password=secret";
    private static final PgTimestamp NOW = new PgTimestamp(1000);

    private final WalRcvShared shared = new WalRcvShared(new Clock() {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public PgTimestamp now() {
            return NOW;
        }
    });

    @Test
    void isStoppedAndShowsNothingBeforeTheFirstRequest() {
        assertThat(shared.status())
                .isEqualTo(new WalRcvStatus(
                        null,
                        WalRcvState.STOPPED,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null));
        assertThat(shared.receivedTimeline()).isNull();
        assertThatThrownBy(shared::request).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void beginsAtTheRequestedPosition() {
        shared.requestStreaming(ONE, START, CONNINFO, "s");

        assertThat(shared.state()).isEqualTo(WalRcvState.STARTING);
        assertThat(shared.request()).isEqualTo(new WalRcvRequest(ONE, START, CONNINFO, "s"));
        assertThat(shared.flushedUpto()).isEqualTo(START);
        assertThat(shared.latestChunkStart()).isEqualTo(START);
        assertThat(shared.writtenUpto()).isEqualTo(Lsn.INVALID);
        assertThat(shared.receivedTimeline()).isEqualTo(ONE);
    }

    @Test
    void neverShowsTheConninfoOfTheRequest() {
        shared.requestStreaming(ONE, START, CONNINFO, null);

        assertThat(shared.request().toString()).doesNotContain("secret");
        assertThat(shared.status().toString()).doesNotContain("secret");
    }

    @Test
    void showsEveryColumnOnceWalHasCome() {
        streaming();
        shared.received(START.plus(100), new PgTimestamp(2000), new PgTimestamp(2001));
        shared.written(START.plus(90));
        shared.flushed(START.plus(80), ONE);

        assertThat(shared.status())
                .isEqualTo(new WalRcvStatus(
                        ProcessHandle.current().pid(),
                        WalRcvState.STREAMING,
                        START,
                        ONE,
                        START.plus(90),
                        START.plus(80),
                        ONE,
                        new PgTimestamp(2000),
                        new PgTimestamp(2001),
                        START.plus(100),
                        new PgTimestamp(2000),
                        "s",
                        "a",
                        5432,
                        "host=a password=********"));
    }

    @Test
    void hasNoPortOfASocketThatHasNone() {
        shared.requestStreaming(ONE, START, "memory:a", null);
        shared.connected("", 0, "memory:a");

        assertThat(shared.status().senderHost()).isNull();
        assertThat(shared.status().senderPort()).isNull();
    }

    @Test
    void countsTheStartAsTheFirstMessage() {
        streaming();

        assertThat(shared.status().lastMessageReceivedAt()).isEqualTo(NOW);
        assertThat(shared.status().latestWalEnd()).isNull();
    }

    @Test
    void remembersWhenTheSendersEndMovedLast() {
        streaming();
        shared.received(START.plus(100), new PgTimestamp(2000), new PgTimestamp(2001));
        shared.received(START.plus(100), new PgTimestamp(3000), new PgTimestamp(3001));

        assertThat(shared.status().latestWalEndAt()).isEqualTo(new PgTimestamp(2000));
        assertThat(shared.status().lastMessageSentAt()).isEqualTo(new PgTimestamp(3000));
    }

    @Test
    void neverMovesTheFlushPositionBack() {
        streaming();
        shared.flushed(START.plus(80), ONE);
        shared.flushed(START.plus(40), TWO);

        assertThat(shared.flushedUpto()).isEqualTo(START.plus(80));
        assertThat(shared.latestChunkStart()).isEqualTo(START);
        assertThat(shared.receivedTimeline()).isEqualTo(ONE);
    }

    @Test
    void keepsTheFlushPositionWhenTheSameTimelineIsAskedForAgain() {
        streaming();
        shared.flushed(START.plus(80), ONE);
        shared.moveTo(WalRcvState.STOPPING);
        shared.moveTo(WalRcvState.STOPPED);
        shared.requestStreaming(ONE, START, CONNINFO, null);

        assertThat(shared.flushedUpto()).isEqualTo(START.plus(80));
    }

    @Test
    void startsAfreshOnAnotherTimeline() {
        streaming();
        shared.flushed(START.plus(80), ONE);
        shared.moveTo(WalRcvState.WAITING);
        assertThat(shared.status().receiveStart()).isNull();
        shared.requestStreaming(TWO, START, CONNINFO, null);

        assertThat(shared.state()).isEqualTo(WalRcvState.RESTARTING);
        assertThat(shared.flushedUpto()).isEqualTo(START);
        assertThat(shared.receivedTimeline()).isEqualTo(TWO);
        assertThat(shared.status().receiveStart()).isEqualTo(START);
    }

    @Test
    void refusesARequestWhileStreaming() {
        streaming();

        assertThatThrownBy(() -> shared.requestStreaming(TWO, START, CONNINFO, null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("STREAMING -> RESTARTING");
        assertThat(shared.request().timeline()).isEqualTo(ONE);
    }

    @Test
    void refusesAMoveThatCannotBe() {
        assertThatThrownBy(() -> shared.moveTo(WalRcvState.STREAMING))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("STOPPED -> STREAMING");
        assertThat(shared.state()).isEqualTo(WalRcvState.STOPPED);
    }

    @Test
    void hasNoRowOnceStopped() {
        streaming();
        shared.moveTo(WalRcvState.STOPPING);
        shared.moveTo(WalRcvState.STOPPED);

        assertThat(shared.status().pid()).isNull();
        assertThat(shared.status().conninfo()).isNull();
    }

    @Test
    void wakesWhoWaitsForAFlush() {
        streaming();
        CompletableFuture<Boolean> waiter =
                CompletableFuture.supplyAsync(() -> shared.awaitFlush(START.plus(80), Duration.ofSeconds(9)));
        shared.flushed(START.plus(40), ONE);
        shared.flushed(START.plus(80), ONE);

        assertThat(waiter.join()).isTrue();
    }

    @Test
    void tellsThatAFlushDidNotComeInTime() {
        streaming();

        assertThat(shared.awaitFlush(START.plus(1), Duration.ofMillis(1))).isFalse();
        assertThat(shared.awaitFlush(START, Duration.ZERO)).isTrue();
    }

    @Test
    void setsTheLatchOnEveryFlushAndMoveUntilItIsTakenBack() {
        Latch latch = new Latch();
        Cancellation.Registration registration = shared.wakeOnChange(latch);
        streaming();
        assertThat(latch.isSet()).isTrue();
        latch.reset();
        shared.written(START.plus(1));
        shared.flushed(START, ONE);
        assertThat(latch.isSet()).isFalse();
        shared.flushed(START.plus(1), ONE);
        assertThat(latch.isSet()).isTrue();

        latch.reset();
        registration.close();
        shared.moveTo(WalRcvState.WAITING);
        assertThat(latch.isSet()).isFalse();
    }

    private void streaming() {
        shared.requestStreaming(ONE, START, CONNINFO, "s");
        shared.moveTo(WalRcvState.CONNECTING);
        shared.connected("a", 5432, "host=a password=********");
        shared.moveTo(WalRcvState.STREAMING);
    }
}
