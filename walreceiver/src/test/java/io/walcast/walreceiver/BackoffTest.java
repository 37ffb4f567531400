// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.Retry;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff = new Backoff(new Random(42));

    @Test
    void doublesFromOneSecondToThirtyGiveOrTakeHalf() {
        long[] expectedMs = {1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000};

        for (long baseMs : expectedMs) {
            assertThat(backoff.next(Retry.BACKOFF).toMillis()).isBetween(baseMs / 2, baseMs * 3 / 2);
        }
    }

    @Test
    void startsAgainAfterSuccess() {
        for (int i = 0; i < 10; i++) {
            backoff.next(Retry.BACKOFF);
        }

        backoff.reset();

        assertThat(backoff.next(Retry.BACKOFF)).isLessThanOrEqualTo(Duration.ofMillis(1_500));
    }

    @Test
    void waitsAMinuteOrMoreWhenAPersonHasToLiftARefusal() {
        assertThat(backoff.next(Retry.SLOW)).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(90));
    }

    @Test
    void hasNoPauseForWhatIsNeverRetried() {
        assertThatThrownBy(() -> backoff.next(Retry.NEVER)).isInstanceOf(IllegalArgumentException.class);
    }
}
