// SPDX-License-Identifier: Apache-2.0
package io.walcast.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LsnTest {

    @ParameterizedTest
    @CsvSource({
        "0/0, 0",
        "16/B374D848, 16B374D848",
        "16/F0000000, 16F0000000",
        "1/2, 100000002",
        "00000001/00000002, 100000002",
        "a/bc, A000000BC",
        "FFFFFFFF/FFFFFFFF, FFFFFFFFFFFFFFFF"
    })
    void parsesBothHalvesWithoutExtendingASign(String text, String value) {
        assertThat(Lsn.parse(text).value()).isEqualTo(Long.parseUnsignedLong(value, 16));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "1/",
                "/1",
                "1",
                "1/2/3",
                "G/0",
                "123456789/0",
                "0/123456789",
                "-1/0",
                "+1/0",
                "0/-1",
                " 1/0",
                "1/0 ",
                "1 /0",
                "0x1/0",
                "1\\0",
                "1/0\n",
                "\u0661/0",
                "1/\uFF10"
            })
    void rejectsTextThatIsNotTwoHexHalves(String text) {
        assertThatThrownBy(() -> Lsn.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("lsn: '" + text + "' (expected: X/Y in hexadecimal)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0/0", "0/1000028", "16/F0000000", "80000000/1", "FFFFFFFF/FFFFFFFF"})
    void writesWhatItParses(String text) {
        assertThat(Lsn.parse(text)).hasToString(text);
    }

    @Test
    void comparesAllSixtyFourBitsAsUnsigned() {
        Lsn low = Lsn.parse("7FFFFFFF/FFFFFFFF");
        Lsn high = Lsn.parse("80000000/0");

        assertThat(high).isGreaterThan(low);
        assertThat(high.isAfter(low)).isTrue();
        assertThat(low.isBefore(high)).isTrue();
        assertThat(low.isBefore(low)).isFalse();
        assertThat(low.isAfter(low)).isFalse();
        assertThat(Lsn.max(low, high)).isEqualTo(high);
        assertThat(Lsn.min(low, high)).isEqualTo(low);
    }

    @Test
    void measuresDistancesAcrossTheHalves() {
        Lsn from = Lsn.parse("0/FFFFFFFF");

        assertThat(from.plus(1)).isEqualTo(Lsn.parse("1/0"));
        assertThat(Lsn.parse("1/0").minus(from)).isEqualTo(1);
        assertThat(Lsn.parse("80000000/5").minus(Lsn.parse("80000000/1"))).isEqualTo(4);
    }

    @Test
    void refusesToWrapAround() {
        Lsn last = Lsn.parse("FFFFFFFF/FFFFFFFF");

        assertThatThrownBy(() -> last.plus(1)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> last.plus(-1)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Lsn.INVALID.minus(last)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> last.minus(Lsn.INVALID)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void hasOneValueThatIsNoPosition() {
        assertThat(Lsn.INVALID.isValid()).isFalse();
        assertThat(new Lsn(1).isValid()).isTrue();
        assertThat(new Lsn(-1).isValid()).isTrue();
    }
}
