// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.testkit.FakeClock;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StatusReporterTest {
    private static final Lsn START = Lsn.parse("0/1000000");
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final FakeClock clock = new FakeClock();
    private final RecordingConnection connection = new RecordingConnection();

    private StatusReporter reporter(FlushPolicy policy, boolean reportFlush) {
        WalReceiverConfig config = WalReceiverConfig.of("host=nowhere", Path.of("wal"))
                .withFlush(policy, reportFlush)
                .withStatusInterval(INTERVAL);
        return new StatusReporter(connection, config, clock, START);
    }

    @Test
    void reportsWriteThenFlushWhenEveryBurstIsFlushed() {
        StatusReporter reporter = reporter(FlushPolicy.EVERY_BURST, true);
        reporter.sendNow();

        reporter.advance(START.plus(100), START);
        reporter.sendIfDue();
        reporter.advance(START.plus(100), START.plus(100));
        reporter.sendIfDue();

        assertThat(connection.sent)
                .extracting(StatusUpdate::write)
                .containsExactly(START, START.plus(100), START.plus(100));
        assertThat(connection.sent).extracting(StatusUpdate::flush).containsExactly(START, START, START.plus(100));
    }

    @Test
    void reportsNoApplyPositionBecauseNothingIsReplayed() {
        reporter(FlushPolicy.EVERY_BURST, true).sendNow();

        assertThat(connection.last().apply()).isEqualTo(Lsn.INVALID);
    }

    @Test
    void saysNotReportedInPlaceOfTheFlushPositionUnlessAskedToReportIt() {
        StatusReporter reporter = reporter(FlushPolicy.SEGMENT_END, false);
        reporter.advance(START.plus(5), START.plus(5));

        reporter.sendNow();

        assertThat(connection.last().flush()).isEqualTo(Lsn.INVALID);
        assertThat(connection.last().write()).isEqualTo(START.plus(5));
    }

    @Test
    void neverReportsAFlushPositionAfterTheWritePosition() {
        StatusReporter reporter = reporter(FlushPolicy.EVERY_BURST, true);

        reporter.advance(START, START.plus(8));
        reporter.sendNow();

        assertThat(connection.last().write()).isEqualTo(START.plus(8));
    }

    @Test
    void neverFallsBackWithinAStream() {
        StatusReporter reporter = reporter(FlushPolicy.EVERY_BURST, true);
        reporter.advance(START.plus(100), START.plus(90));

        reporter.advance(START.plus(10), START);
        reporter.sendNow();

        assertThat(connection.last().write()).isEqualTo(START.plus(100));
        assertThat(connection.last().flush()).isEqualTo(START.plus(90));
    }

    @Test
    void sendsOnTheIntervalAndNotBefore() {
        StatusReporter reporter = reporter(FlushPolicy.SEGMENT_END, true);
        reporter.sendNow();

        clock.advance(INTERVAL.minusNanos(1));
        reporter.sendIfDue();
        assertThat(connection.sent).hasSize(1);
        assertThat(reporter.nextDueNs()).isEqualTo(1);

        clock.advance(Duration.ofNanos(1));
        reporter.sendIfDue();
        assertThat(connection.sent).hasSize(2);
    }

    @Test
    void sendsNothingByTimeWhenTheIntervalIsZero() {
        WalReceiverConfig config = WalReceiverConfig.of("", Path.of("wal")).withStatusInterval(Duration.ZERO);
        StatusReporter reporter = new StatusReporter(connection, config, clock, START);
        reporter.sendNow();

        clock.advance(Duration.ofDays(1));
        reporter.sendIfDue();

        assertThat(connection.sent).hasSize(1);
        assertThat(reporter.nextDueNs()).isEqualTo(StatusReporter.NEVER);
    }

    @Test
    void answersTenThousandRequestsASecondWithAHundredReplies() {
        StatusReporter reporter = reporter(FlushPolicy.SEGMENT_END, true);

        for (int i = 0; i < 10_000; i++) {
            reporter.oweReply();
            reporter.sendIfDue();
            clock.advance(Duration.ofNanos(100_000));
        }

        assertThat(connection.sent).hasSizeBetween(90, 101);
    }

    @Test
    void keepsWhatItOwesUntilTheConnectionTakesIt() {
        StatusReporter reporter = reporter(FlushPolicy.SEGMENT_END, true);
        connection.writable = false;
        reporter.oweReply();
        reporter.sendIfDue();

        connection.writable = true;
        reporter.sendIfDue();
        reporter.sendIfDue();

        assertThat(connection.sent).hasSize(1);
    }

    @Test
    void asksForAReplyOnlyWhenThePeerWasSilent() {
        StatusReporter reporter = reporter(FlushPolicy.SEGMENT_END, true);
        reporter.owePing();
        reporter.sendIfDue();
        clock.advance(INTERVAL);
        reporter.sendIfDue();

        assertThat(connection.sent).extracting(StatusUpdate::replyRequested).containsExactly(true, false);
    }
}
