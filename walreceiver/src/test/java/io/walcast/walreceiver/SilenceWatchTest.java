// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.Retry;
import io.walcast.testkit.FakeClock;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SilenceWatchTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final FakeClock clock = new FakeClock();
    private final RecordingConnection connection = new RecordingConnection();
    private final StatusReporter reporter = new StatusReporter(
            connection,
            WalReceiverConfig.of("", Path.of("wal")).withStatusInterval(Duration.ZERO),
            clock,
            Lsn.parse("0/1000000"));
    private final SilenceWatch watch = new SilenceWatch(TIMEOUT, clock);

    @Test
    void asksForASignOfLifeOnceAtHalfTheLimit() {
        clock.advance(TIMEOUT.dividedBy(2));
        watch.check(reporter);
        reporter.sendIfDue();
        clock.advance(Duration.ofSeconds(1));
        watch.check(reporter);
        reporter.sendIfDue();

        assertThat(connection.sent).hasSize(1);
        assertThat(connection.last().replyRequested()).isTrue();
    }

    @Test
    void givesUpAtTheLimitAndSaysItMayBeTriedAgain() {
        clock.advance(TIMEOUT);

        assertThatThrownBy(() -> watch.check(reporter))
                .isInstanceOfSatisfying(
                        ConnectionException.class, e -> assertThat(e.retry()).isEqualTo(Retry.BACKOFF))
                .hasMessage("terminating walreceiver due to timeout");
    }

    @Test
    void startsAnewWithEveryMessage() {
        clock.advance(TIMEOUT.minusNanos(1));
        watch.heard();
        clock.advance(TIMEOUT.minusNanos(1));

        watch.check(reporter);

        assertThat(watch.nextDueNs()).isEqualTo(1);
    }

    @Test
    void waitsForEverWhenTheLimitIsZero() {
        SilenceWatch patient = new SilenceWatch(Duration.ZERO, clock);
        clock.advance(Duration.ofDays(365));

        patient.check(reporter);

        assertThat(patient.nextDueNs()).isEqualTo(StatusReporter.NEVER);
    }
}
