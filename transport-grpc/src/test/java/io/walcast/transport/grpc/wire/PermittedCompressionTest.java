// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConfigurationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PermittedCompressionTest {

    @ParameterizedTest
    @CsvSource({
        "'zstd,gzip,none', 9, , none",
        "'zstd,gzip,none', 9, none, none",
        "'zstd,gzip,none', 9, zstd, zstd:level=3",
        "'zstd,gzip,none', 9, gzip:9, gzip:level=9",
        "'zstd, gzip', 2, gzip:9, gzip:level=2",
        "'zstd', 9, zstd:22, zstd:level=9",
        "'zstd', 9, zstd:-7, zstd:level=-7",
        "'zstd', 9, gzip, none",
        "'none', 9, zstd, none",
    })
    void answersWithWhatIsPermitted(String methods, int maxLevel, @Nullable String wanted, String answer) {
        assertThat(PermittedCompression.parse(methods, maxLevel).answer(wanted)).hasToString(answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "zstd,", "zstd,lz4", "ZSTD", "zstd:3", "zstd gzip"})
    void refusesAListWithWhatItDoesNotKnow(String methods) {
        assertThatThrownBy(() -> PermittedCompression.parse(methods, 9))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("unrecognized compression algorithm: ");
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, 0, 23})
    void refusesALevelThatNoMethodHas(int level) {
        assertThatThrownBy(() -> PermittedCompression.parse("zstd", level)).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void refusesAWishThatItCannotRead() {
        assertThatThrownBy(() -> PermittedCompression.DEFAULT.answer("zstd:best"))
                .isInstanceOf(ConfigurationException.class);
    }

    @Test
    void permitsEverythingUpToALevelByDefault() {
        assertThat(PermittedCompression.DEFAULT).isEqualTo(PermittedCompression.parse("zstd,gzip,none", 9));
    }
}
