// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import static io.walcast.walreceiver.SessionFixture.START;
import static io.walcast.walreceiver.SessionFixture.WAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.WalException;
import io.walcast.ipc.WalRcvState;
import io.walcast.testkit.transport.MemoryTransport;
import io.walcast.testkit.transport.PrimaryCall;
import io.walcast.testkit.transport.PrimaryScript;
import io.walcast.testkit.transport.PrimaryStream;
import io.walcast.transport.SystemIdentity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class WalReceiverTest implements WalReceiverListener {
    @TempDir
    private Path directory;

    private final PrimaryScript primary = new PrimaryScript()
            .setting("data_directory_mode", "0700")
            .setting("wal_segment_size", "1MB")
            .identity(new SystemIdentity(SessionFixture.SYSTEM, TimelineId.FIRST, START.plus(100), null));
    private final MemoryTransport transport = new MemoryTransport();
    private final BlockingQueue<WalException> retries = new LinkedBlockingQueue<>();

    private WalReceiver start() {
        WalReceiverConfig config =
                WalReceiverConfig.of(transport.add("primary", primary), directory.resolve("made/wal"));
        return WalReceiver.start(config, transport, this);
    }

    @Override
    public void onRetry(WalException reason, Duration pause) {
        retries.add(reason);
    }

    @Test
    void comesBackAfterALostConnection() {
        primary.stream(new PrimaryStream().wal(START, WAL.bytes(START, 5_000)).drop());
        primary.stream(new PrimaryStream().wal(START, WAL.bytes(START, 9_000)));

        try (WalReceiver receiver = start()) {
            assertThat(receiver.awaitFlush(START.plus(9_000), Duration.ofSeconds(20)))
                    .isTrue();
            assertThat(receiver.status().state()).isEqualTo(WalRcvState.STREAMING);
        }

        assertThat(retries).hasSize(1);
    }

    @Test
    void comesBackAfterTheServerWasShutDown() throws Exception {
        primary.stream(new PrimaryStream().shutdown());

        try (WalReceiver receiver = start()) {
            assertThat(retries.poll(20, TimeUnit.SECONDS)).hasMessage("the server shut down");
            primary.journal().awaitCall(PrimaryCall.START_STREAMING, Duration.ofSeconds(20));
            assertThat(receiver.flushedUpto()).isEqualTo(START);
        }
    }

    @Test
    void endsForGoodWhenTryingAgainCannotHelp() {
        primary.stream(new PrimaryStream().endOfTimeline(TimelineId.FIRST, START));

        try (WalReceiver receiver = start()) {
            assertThatThrownBy(receiver::awaitEnd)
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("unexpected next timeline");
        }

        assertThat(retries).isEmpty();
    }

    @Test
    void tellsOfABugInAListenerInsteadOfEndingInSilence() {
        primary.stream(new PrimaryStream().wal(START, WAL.bytes(START, 5_000)));
        WalReceiverListener broken = new WalReceiverListener() {
            @Override
            public void onFlush(Lsn flushed) {
                throw new IllegalStateException("planted");
            }
        };
        WalReceiverConfig config = WalReceiverConfig.of(transport.add("primary", primary), directory.resolve("wal"));

        try (WalReceiver receiver = WalReceiver.start(config, transport, broken)) {
            assertThatThrownBy(receiver::awaitEnd).hasMessageContaining("planted");
        }
    }

    @Test
    void saysHowItEndedWhenItWasClosed() throws Exception {
        WalReceiver receiver = start();
        primary.journal().awaitCall(PrimaryCall.START_STREAMING, Duration.ofSeconds(20));

        receiver.close();
        receiver.close();

        assertThat(receiver.awaitEnd()).isEqualTo(ReceiveEnd.STOP_REQUESTED);
        assertThat(receiver.status().state()).isEqualTo(WalRcvState.STOPPED);
    }

    @Test
    void letsNobodyElseInItsDirectory() {
        try (WalReceiver receiver = start()) {
            assertThat(receiver.status()).isNotNull();
            assertThatThrownBy(this::start).isInstanceOf(RefusedException.class);
        }
        try (WalReceiver again = start()) {
            assertThat(again.status()).isNotNull();
        }
    }
}
