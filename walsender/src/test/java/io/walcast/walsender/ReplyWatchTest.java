// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ReplyWatchTest {
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long START_NS = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(10);

    private final ReplyWatch watch = new ReplyWatch(START_NS);

    private static long at(long seconds) {
        return START_NS + TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void asksAtExactlyHalfOfTheTimeoutAndOnce() {
        assertThat(watch.askIsDue(at(30) - 1, TIMEOUT_NS)).isFalse();
        assertThat(watch.askIsDue(at(30), TIMEOUT_NS)).isTrue();
        watch.asked(at(30));
        assertThat(watch.isWaiting()).isTrue();
        assertThat(watch.askIsDue(at(31), TIMEOUT_NS)).isFalse();
        watch.replied(at(31));
        assertThat(watch.isWaiting()).isFalse();
        assertThat(watch.askIsDue(at(60), TIMEOUT_NS)).isFalse();
        assertThat(watch.askIsDue(at(61), TIMEOUT_NS)).isTrue();
    }

    @Test
    void wakesToAskOnceAfterEachReply() {
        assertThat(watch.wakeToAsk(at(30) - 1, TIMEOUT_NS)).isFalse();
        assertThat(watch.wakeToAsk(at(30), TIMEOUT_NS)).isTrue();
        assertThat(watch.wakeToAsk(at(31), TIMEOUT_NS)).isFalse();
        watch.asked(at(30));
        watch.replied(at(31));
        assertThat(watch.wakeToAsk(at(61), TIMEOUT_NS)).isTrue();
    }

    @Test
    void endsAfterTheTimeoutIfNothingWasWaitingToBeRead() {
        assertThat(watch.isTimedOut(at(60) - 1, TIMEOUT_NS)).isFalse();
        assertThat(watch.isTimedOut(at(60), TIMEOUT_NS)).isFalse();
        assertThat(watch.isTimedOut(at(60) + TimeUnit.MILLISECONDS.toNanos(100), TIMEOUT_NS))
                .isTrue();
    }

    /** A node that stood still for a while finds what its peers said meanwhile after it finds what time it is. */
    @Test
    void aReplyThatWasWaitingToBeReadCounts() {
        assertThat(watch.isTimedOut(at(90), TIMEOUT_NS)).isFalse();
        watch.replied(at(90));
        assertThat(watch.isTimedOut(at(91), TIMEOUT_NS)).isFalse();
        assertThat(watch.isTimedOut(at(200), TIMEOUT_NS)).isFalse();
        assertThat(watch.isTimedOut(at(201), TIMEOUT_NS)).isTrue();
    }

    @Test
    void saysWhenItHasToBeAskedAgain() {
        assertThat(watch.nextNs(at(10), TIMEOUT_NS)).isEqualTo(TimeUnit.SECONDS.toNanos(20));
        assertThat(watch.nextNs(at(30), TIMEOUT_NS)).isEqualTo(TimeUnit.SECONDS.toNanos(30));
        assertThat(watch.nextNs(at(60), TIMEOUT_NS)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
    }

    @Test
    void withoutATimeoutNothingHappens() {
        assertThat(watch.askIsDue(at(1_000_000), 0)).isFalse();
        assertThat(watch.isTimedOut(at(1_000_000), 0)).isFalse();
        assertThat(watch.isSilent(at(1_000_000), 0)).isFalse();
        assertThat(watch.nextNs(at(1_000_000), 0)).isEqualTo(ReplyWatch.NEVER);
    }

    @Test
    void silentIsWhoDoesNotAnswerWithinASecond() {
        assertThat(watch.isSilent(at(40), TIMEOUT_NS)).as("not asked yet").isFalse();
        watch.asked(at(40));
        assertThat(watch.isSilent(at(41) - 1, TIMEOUT_NS)).isFalse();
        assertThat(watch.isSilent(at(41), TIMEOUT_NS)).isTrue();
        watch.replied(at(41));
        assertThat(watch.isSilent(at(50), TIMEOUT_NS)).isFalse();
    }

    /** What is to be sent has no room: the peer reads nothing. */
    @Test
    void silentIsWhoCannotEvenBeAsked() {
        assertThat(watch.wakeToAsk(at(40), TIMEOUT_NS)).isTrue();
        assertThat(watch.isSilent(at(41) - 1, TIMEOUT_NS)).isFalse();
        assertThat(watch.isSilent(at(41), TIMEOUT_NS)).isTrue();
        watch.replied(at(42));
        assertThat(watch.isSilent(at(42), TIMEOUT_NS)).isFalse();
        assertThat(watch.isSilent(at(80), TIMEOUT_NS)).as("nobody tried since").isFalse();
    }

    @Test
    void aShortTimeoutHasAShortGrace() {
        long shortNs = TimeUnit.MILLISECONDS.toNanos(10);
        assertThat(watch.isTimedOut(START_NS + shortNs, shortNs)).isFalse();
        assertThat(watch.isTimedOut(START_NS + shortNs + shortNs / 2, shortNs)).isTrue();
    }
}
