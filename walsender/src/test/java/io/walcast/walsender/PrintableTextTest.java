// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PrintableTextTest {
    @Test
    void whatIsNotPrintableAsciiIsEscaped() {
        assertThat(PrintableText.of("a b\n\u001b[2J\u007f\u20ac")).isEqualTo("a b\\x0a\\x1b[2J\\x7f\\x20ac");
    }

    @Test
    void whatIsLongIsCut() {
        assertThat(PrintableText.of("x".repeat(100_000))).hasSize(1024);
    }
}
