// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PgbenchTest {
    @Test
    void readsWhatPgbenchPrints() {
        CommitRate rate = Pgbench.parse("""
                number of clients: 16
                number of transactions actually processed: 12345
                number of failed transactions: 0 (0.000%)
                latency average = 1.875 ms
                initial connection time = 20.123 ms
                tps = 8533.250000 (without initial connection time)
                """);

        assertThat(rate).isEqualTo(new CommitRate(8533.25, 1.875, 12345));
    }

    @Test
    void saysWhatItDoesNotFind() {
        assertThatThrownBy(() -> Pgbench.parse("pgbench: error: no such table"))
                .isInstanceOf(MeasurementException.class)
                .hasMessageContaining("no such table");
    }
}
