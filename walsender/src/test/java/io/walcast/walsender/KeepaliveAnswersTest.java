// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class KeepaliveAnswersTest {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long START_NS = Long.MAX_VALUE - MS;

    private final KeepaliveAnswers answers = new KeepaliveAnswers();

    @Test
    void nothingIsAnsweredThatWasNotAsked() {
        assertThat(answers.take(START_NS)).isFalse();
        assertThat(answers.nextNs(START_NS)).isEqualTo(ReplyWatch.NEVER);
    }

    @Test
    void theFirstOneIsAnsweredAtOnce() {
        answers.want(START_NS);
        assertThat(answers.nextNs(START_NS)).isZero();
        assertThat(answers.take(START_NS)).isTrue();
        assertThat(answers.take(START_NS)).isFalse();
    }

    @Test
    void whatComesSoonAfterIsAnsweredTogetherAHundredthOfASecondLater() {
        answers.want(START_NS);
        answers.take(START_NS);
        answers.want(START_NS + MS);
        answers.want(START_NS + 2 * MS);

        assertThat(answers.nextNs(START_NS + 4 * MS)).isEqualTo(6 * MS);
        assertThat(answers.take(START_NS + 9 * MS)).isFalse();
        assertThat(answers.take(START_NS + 10 * MS)).isTrue();
        assertThat(answers.take(START_NS + 30 * MS)).isFalse();
    }

    @Test
    void aFloodGetsNoMoreThanAHundredASecond() {
        int given = 0;
        for (int i = 0; i < 100_000; i++) {
            long nowNs = START_NS + i * (MS / 100);
            answers.want(nowNs);
            given += answers.take(nowNs) ? 1 : 0;
        }
        assertThat(given).isEqualTo(100);
    }
}
