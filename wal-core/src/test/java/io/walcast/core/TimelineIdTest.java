// SPDX-License-Identifier: Apache-2.0
package io.walcast.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimelineIdTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 0x7FFF_FFFFL, 0x8000_0000L, 0xFFFF_FFFFL})
    void keepsEveryNumberOfThirtyTwoBitsButZero(long number) {
        TimelineId timeline = TimelineId.of(number);

        assertThat(timeline.number()).isEqualTo(number);
        assertThat(timeline).hasToString(Long.toString(number)).isEqualTo(TimelineId.parse(Long.toString(number)));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 0x1_0000_0000L, 0x1_0000_0001L, Long.MAX_VALUE, Long.MIN_VALUE})
    void doesNotWrap(long number) {
        assertThatThrownBy(() -> TimelineId.of(number))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("timeline: " + number + " (expected: 1 to 4294967295)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "+1", "-1", " 1", "1 ", "1a", "0x1", "4294967296", "99999999999", "1.0", "\u0661"})
    void rejectsTextThatIsNoTimeline(String text) {
        assertThatThrownBy(() -> TimelineId.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void comparesAsUnsigned() {
        assertThat(TimelineId.of(0xFFFF_FFFFL)).isGreaterThan(TimelineId.of(1));
        assertThat(TimelineId.FIRST).isEqualByComparingTo(TimelineId.of(1));
    }

    @Test
    void refusesZeroHoweverItIsMade() {
        assertThatThrownBy(() -> new TimelineId(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
