// SPDX-License-Identifier: Apache-2.0
package io.walcast.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SystemIdentifierTest {

    @ParameterizedTest
    @ValueSource(strings = {"1", "7000000000000000001", "9223372036854775808", "18446744073709551615"})
    void keepsSixtyFourUnsignedBits(String text) {
        assertThat(SystemIdentifier.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "00",
                "abc",
                "+1",
                "-1",
                " 1",
                "1 ",
                "18446744073709551616",
                "99999999999999999999",
                "100000000000000000000",
                "0x10",
                "\u0661"
            })
    void rejectsTextThatIsNoIdentifier(String text) {
        assertThatThrownBy(() -> SystemIdentifier.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("systemIdentifier: ");
    }

    @Test
    void refusesZero() {
        assertThatThrownBy(() -> new SystemIdentifier(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
