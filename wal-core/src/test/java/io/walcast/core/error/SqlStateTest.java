// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlStateTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "0800", "080061", "08p01", "08-01", "\u0660\u0660\u0660\u0660\u0660", "08P01\n"})
    void rejectsWhatIsNotFiveDigitsAndCapitals(String code) {
        assertThatThrownBy(() -> new SqlState(code)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keepsCodesThatWeDoNotKnow() {
        SqlState unknown = new SqlState("ZZ999");

        assertThat(unknown).hasToString("ZZ999");
        assertThat(unknown.isClass("ZZ")).isTrue();
        assertThat(unknown.isClass("57")).isFalse();
    }
}
