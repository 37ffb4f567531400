// SPDX-License-Identifier: Apache-2.0
package io.walcast.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PrintableTextTest {
    @Test
    void whatIsNotPrintableAsciiIsEscapedByteByByte() {
        assertThat(PrintableText.of("a b\n\u001b[2J\u007f\u20ac\u0085"))
                .isEqualTo("a b\\x0a\\x1b[2J\\x7f\\xe2\\x82\\xac\\xc2\\x85");
        assertThat(PrintableText.of("\ud83d\ude00")).isEqualTo("\\xf0\\x9f\\x98\\x80");
        assertThat(PrintableText.of("\ud83d")).isEqualTo("?");
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069
            })
    void nothingTurnsTheLineAround(int character) {
        assertThat(PrintableText.of(Character.toString(character))).matches("(\\\\x[0-9a-f]{2}){3}");
    }

    @Test
    void everyPrintableAsciiCharacterStays() {
        StringBuilder all = new StringBuilder();
        for (char c = ' '; c <= '~'; c++) {
            all.append(c);
        }

        assertThat(PrintableText.of(all.toString())).isEqualTo(all.toString());
    }

    @Test
    void whatIsLongIsCut() {
        assertThat(PrintableText.of("x".repeat(1024))).isEqualTo("x".repeat(1024));
        assertThat(PrintableText.of("x".repeat(1025))).isEqualTo("x".repeat(1021) + "...");
        assertThat(PrintableText.of("x".repeat(1_000_000))).isEqualTo("x".repeat(1021) + "...");
    }

    @Test
    void noEscapeIsCutInTwo() {
        assertThat(PrintableText.of("\n".repeat(256))).isEqualTo("\\x0a".repeat(256));
        assertThat(PrintableText.of("\n".repeat(257))).isEqualTo("\\x0a".repeat(255) + "...");
        assertThat(PrintableText.of("\u20ac".repeat(1024))).endsWith("\\xac...").hasSizeLessThanOrEqualTo(1024);
    }

    @Test
    void textOfSeveralLinesStaysInItsLanguage() {
        assertThat(PrintableText.ofLines("fünf\n\t五: \u001b[2J\r\u009b\u007f\u202e\u2066\u2028"))
                .isEqualTo("fünf\n\t五: \\x1b[2J\\x0d\\xc2\\x9b\\x7f\\xe2\\x80\\xae\\xe2\\x81\\xa6\\xe2\\x80\\xa8");
        assertThat(PrintableText.ofLines("x".repeat(5000))).hasSize(5000);
    }
}
