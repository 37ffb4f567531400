// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerErrorExceptionTest {

    @ParameterizedTest
    @CsvSource({
        "08006, BACKOFF",
        "53300, BACKOFF",
        "57P01, BACKOFF",
        "57P03, BACKOFF",
        "XX000, BACKOFF",
        "55006, BACKOFF",
        "28P01, SLOW",
        "28000, SLOW",
        "42501, SLOW",
        "42601, SLOW",
        "ZZ999, SLOW",
        "42602, NEVER",
        "42704, NEVER",
        "42710, NEVER",
        "58P01, NEVER",
        "55000, NEVER"
    })
    void saysWhetherAnotherAttemptMakesSense(String code, Retry retry) {
        ServerErrorException error = new ServerErrorException(ErrorFields.error(new SqlState(code), "text"));

        assertThat(error.retry()).isEqualTo(retry);
    }

    @Test
    void keepsWhatTheServerSaid() {
        ErrorFields fields = new ErrorFields("FATAL", SqlState.ADMIN_SHUTDOWN, "terminating", "a detail", "a hint");

        ServerErrorException error = new ServerErrorException(fields);

        assertThat(error).hasMessage("terminating");
        assertThat(error.sqlState()).isEqualTo(SqlState.ADMIN_SHUTDOWN);
        assertThat(error.fields()).isEqualTo(fields);
    }
}
