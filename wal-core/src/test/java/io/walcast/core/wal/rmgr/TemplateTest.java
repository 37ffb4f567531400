// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal.rmgr;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {

    /** What {@code printf("%g")} says. */
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.0, 0",
        "1, 1",
        "100, 100",
        "123456, 123456",
        "999999.5, 1e+06",
        "1234567, 1.23457e+06",
        "0.0001, 0.0001",
        "0.00001, 1e-05",
        "-2.5, -2.5",
        "1e300, 1e+300",
        "NaN, nan",
        "-Infinity, -inf"
    })
    void doublesAreShortenedAsInC(double value, String text) {
        assertThat(Template.general(value)).isEqualTo(text);
    }
}
