// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import org.junit.jupiter.api.Test;

class ReceiveLagTest {
    private final ReceiveLag lag = new ReceiveLag(true);

    @Test
    void isZeroWithoutSamples() {
        assertThat(lag.behindNs(new Lsn(5), 100)).isZero();
    }

    @Test
    void isZeroWhereTheServerHasNothingMore() {
        lag.sample(new Lsn(5), 10);

        assertThat(lag.behindNs(new Lsn(5), 100)).isZero();
    }

    @Test
    void countsFromTheMomentTheServerWentAhead() {
        lag.sample(new Lsn(5), 10);
        lag.sample(new Lsn(6), 20);
        lag.sample(new Lsn(7), 30);

        assertThat(lag.behindNs(new Lsn(5), 100)).isEqualTo(80);
        assertThat(lag.behindNs(new Lsn(6), 100)).isEqualTo(70);
        assertThat(lag.behindNs(new Lsn(7), 100)).isZero();
    }

    @Test
    void keepsTheOldestSampleWhenThereAreManyOfThem() {
        for (int i = 0; i < 100_000; i++) {
            lag.sample(new Lsn(i + 2L), i);
        }

        assertThat(lag.behindNs(new Lsn(1), 100_000)).isEqualTo(100_000);
    }
}
