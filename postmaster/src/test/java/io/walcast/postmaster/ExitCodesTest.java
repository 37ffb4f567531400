// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.Retry;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExitCodesTest {

    @ParameterizedTest
    @CsvSource({
        "28P01, 77",
        "28000, 77",
        "42501, 77",
        "53300, 75",
        "57P03, 75",
        "55006, 75",
        "42602, 78",
        "42704, 78",
        "42710, 78",
        "58P01, 78",
        "55000, 78"
    })
    void followWhatTheServerSays(String state, int code) {
        assertThat(ExitCodes.of(new ServerErrorException(ErrorFields.error(new SqlState(state), "x"))))
                .isEqualTo(code);
    }

    @Test
    void followWhatHappenedHere() {
        assertThat(ExitCodes.of(new StorageException("x", null))).isEqualTo(74);
        assertThat(ExitCodes.of(new StorageException(SqlState.DATA_CORRUPTED, "x", null)))
                .isEqualTo(78);
        assertThat(ExitCodes.of(new ConfigurationException("x"))).isEqualTo(64);
        assertThat(ExitCodes.of(new ConfigurationException(SqlState.INSUFFICIENT_PRIVILEGE, "x")))
                .isEqualTo(77);
        assertThat(ExitCodes.of(new ConfigurationException(SqlState.OBJECT_IN_USE, "x")))
                .isEqualTo(75);
        assertThat(ExitCodes.of(new ConnectionException("x", null))).isEqualTo(75);
        assertThat(ExitCodes.of(new ConnectionException(SqlState.INVALID_PASSWORD, Retry.SLOW, "x", null)))
                .isEqualTo(77);
        assertThat(ExitCodes.of(new ConnectionException(SqlState.CANNOT_CONNECT, Retry.NEVER, "x", null)))
                .isEqualTo(78);
        assertThat(ExitCodes.of(new ProtocolViolationException("x"))).isEqualTo(75);
        assertThat(ExitCodes.of(new RefusedException(SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "x")))
                .isEqualTo(78);
    }

    @Test
    void areAllExplained() {
        assertThat(ExitCodes.meanings()).containsOnlyKeys(0, 64, 69, 70, 74, 75, 77, 78);
    }
}
