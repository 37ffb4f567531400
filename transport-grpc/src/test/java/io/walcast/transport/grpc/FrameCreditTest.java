// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FrameCreditTest {
    private static final int BUDGET = 1 << 20;

    private final FrameCredit credit = new FrameCredit(BUDGET);
    private int asked = credit.more();

    private void come(int bytes) {
        assertThat(asked).as("messages asked for").isPositive();
        asked--;
        credit.arrived(bytes);
    }

    private void take(int bytes) {
        credit.taken(bytes);
        asked += credit.more();
    }

    private void pass(int bytes, int count) {
        for (int i = 0; i < count; i++) {
            come(bytes);
            take(bytes);
        }
    }

    @Test
    void asksForOneMessageAsLongAsItKnowsNothing() {
        assertThat(asked).isEqualTo(1);
        assertThat(credit.more()).isZero();
    }

    @Test
    void asksForAsManyAsFit() {
        pass(128 << 10, 40);

        assertThat(asked).isBetween(4, 8);
    }

    @Test
    void asksForFewOfTheSmallest() {
        pass(100, 200);

        assertThat(asked).isBetween(8, 16);
    }

    @Test
    void asksForNoneWhileTooManyBytesWait() {
        come(BUDGET);
        assertThat(credit.more()).isZero();

        take(BUDGET);
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void goesOnAfterMessagesLargerThanItsBudget() {
        pass(8 * BUDGET, 3);

        assertThat(asked).isEqualTo(1);
    }
}
