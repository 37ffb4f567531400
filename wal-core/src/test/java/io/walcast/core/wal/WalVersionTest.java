// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WalVersionTest {

    @ParameterizedTest
    @CsvSource({"14, D10D", "15, D110", "16, D113", "17, D116", "18, D118"})
    void knowsEachVersionByItsMagicNumber(int major, String magic) {
        assertThat(WalVersion.ofMagic(Integer.parseInt(magic, 16)).map(WalVersion::major))
                .contains(major);
    }

    @Test
    void tellsLaterVersionsFromNoise() {
        for (int magic = 0; magic <= 0xFFFF; magic++) {
            boolean later = magic > 0xD118 && magic <= 0xD1FF;
            assertThat(WalVersion.isLater(magic)).isEqualTo(later);
        }
        assertThat(WalVersion.ofMagic(0xD106)).isEmpty();
        assertThat(WalVersion.ofMagic(0)).isEmpty();
    }
}
