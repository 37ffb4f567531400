// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.SqlState;
import org.junit.jupiter.api.Test;

final class ServerParametersTest {
    private final ServerParameters parameters = new ServerParameters();

    @Test
    void keepsTheNewestValueOfEachHoweverOftenItChanges() {
        for (int i = 0; i < 10_000; i++) {
            parameters.put("in_hot_standby", "x".repeat(1000) + i);
        }

        assertThat(parameters.byName()).containsOnlyKeys("in_hot_standby");
        assertThat(parameters.byName().get("in_hot_standby")).endsWith("x9999");
    }

    @Test
    void refusesOneNameTooMany() {
        for (int i = 0; i < ServerParameters.MAX_COUNT; i++) {
            parameters.put("p" + i, "");
        }

        assertRefused("one more", "", "server reports more than 200 parameters");
    }

    @Test
    void refusesMoreTextThanThereCanBe() {
        parameters.put("a", "x".repeat(30_000));
        parameters.put("b", "x".repeat(30_000));

        assertRefused("c", "x".repeat(30_000), "server reports parameters of more than 64 KB");
    }

    private void assertRefused(String name, String value, String message) {
        assertThatThrownBy(() -> parameters.put(name, value))
                .isInstanceOfSatisfying(
                        ProtocolViolationException.class,
                        e -> assertThat(e.sqlState()).isEqualTo(SqlState.PROTOCOL_VIOLATION))
                .hasMessage(message);
    }
}
