// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PostgresBinariesTest {
    @Test
    void areThereForEverySupportedVersion() {
        if (System.getProperty("os.arch").equals("aarch64")) {
            assertThat(PostgresBinaries.majors()).containsExactly(15, 16, 17, 18);
        } else {
            assertThat(PostgresBinaries.majors()).containsExactly(14, 15, 16, 17, 18);
        }
    }
}
