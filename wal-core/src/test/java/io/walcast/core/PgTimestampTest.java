// SPDX-License-Identifier: Apache-2.0
package io.walcast.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PgTimestampTest {

    @Test
    void countsMicrosecondsSinceTheYear2000() {
        PgTimestamp timestamp = PgTimestamp.of(Instant.parse("2000-01-01T00:00:01.000002999Z"));

        assertThat(timestamp.micros()).isEqualTo(1_000_002);
        assertThat(timestamp.toInstant()).isEqualTo(Instant.parse("2000-01-01T00:00:01.000002Z"));
        assertThat(PgTimestamp.of(Instant.EPOCH).micros()).isEqualTo(-946_684_800_000_000L);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE})
    void showsWhateverAPeerSends(long micros) {
        assertThatCode(() -> new PgTimestamp(micros).toString()).doesNotThrowAnyException();
    }
}
