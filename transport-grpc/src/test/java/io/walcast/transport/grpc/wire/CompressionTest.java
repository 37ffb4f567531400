// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Codec;
import io.walcast.core.error.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompressionTest {
    private static final String INVALID = "invalid compression specification: ";

    @ParameterizedTest
    @CsvSource({
        "none, NONE, 0",
        "none:0, NONE, 0",
        "gzip, GZIP, 6",
        "gzip:1, GZIP, 1",
        "gzip:level=9, GZIP, 9",
        "zstd, ZSTD, 3",
        "zstd:22, ZSTD, 22",
        "zstd:level=-5, ZSTD, -5",
        "zstd:level=+5, ZSTD, 5",
        "zstd:level=-131072, ZSTD, -131072",
    })
    void readsAMethodAndALevel(String text, Compression.Method method, int level) {
        assertThat(Compression.parse(text)).isEqualTo(new Compression(method, level));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "none:1|compression algorithm \"none\" does not accept a compression level",
                "gzip:|found empty string where a compression option was expected",
                "gzip:0|compression algorithm \"gzip\" expects a compression level between 1 and 9 (default at 6)",
                "gzip:10|compression algorithm \"gzip\" expects a compression level between 1 and 9 (default at 6)",
                "zstd:23|compression algorithm \"zstd\" expects a compression level between -131072 and 22 (default at 3)",
                "zstd:level|compression option \"level\" requires a value",
                "zstd:level=|value for compression option \"level\" must be an integer",
                "zstd:level=x|value for compression option \"level\" must be an integer",
                "zstd:level=99999999999|value for compression option \"level\" must be an integer",
                "zstd:workers=2|unrecognized compression option: \"workers\"",
                "zstd:long|unrecognized compression option: \"long\"",
            })
    void saysWhatIsWrongAsPostgresqlDoes(String text, String why) {
        assertThatThrownBy(() -> Compression.parse(text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(INVALID + why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "GZIP", "identity", "lz4", " zstd", "zstd ", "server-zstd"})
    void refusesOtherMethods(String text) {
        assertThatThrownBy(() -> Compression.parse(text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("unrecognized compression algorithm: \"" + text + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip:level=6", "zstd:level=-1"})
    void isShownAsItIsWritten(String text) {
        assertThat(Compression.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @EnumSource(Compression.Method.class)
    void lowersALevelButNotBelowWhatTheMethodHas(Compression.Method method) {
        Compression compression = new Compression(method, method.defaultLevel());

        assertThat(compression.withLevelUpTo(22)).isEqualTo(compression);
        assertThat(compression.withLevelUpTo(1).level()).isEqualTo(Math.min(1, method.defaultLevel()));
        assertThat(compression.withLevelUpTo(-9).level()).isEqualTo(Math.min(1, method.defaultLevel()));
    }

    @Test
    void letsAClientReadOnlyWhatItWants() {
        assertThat(Compression.NONE.decompressors().getAdvertisedMessageEncodings())
                .isEmpty();
        assertThat(Compression.NONE.decompressors().getKnownMessageEncodings()).containsExactly("identity");
        assertThat(Compression.parse("gzip").decompressors().getAdvertisedMessageEncodings())
                .containsExactly("gzip");
        assertThat(Compression.parse("zstd").decompressors().getKnownMessageEncodings())
                .containsExactlyInAnyOrder("identity", "zstd");
        assertThat(Compression.parse("zstd").decompressors().lookupDecompressor("gzip"))
                .isNull();
    }

    @Test
    void letsOnlyAServerCompress() {
        for (Compression.Method method : Compression.Method.values()) {
            assertThat(Compression.compressors(true).lookupCompressor(method.encoding()))
                    .isNotNull();
        }
        assertThat(Compression.compressors(false).lookupCompressor("identity")).isSameAs(Codec.Identity.NONE);
        assertThat(Compression.compressors(false).lookupCompressor("gzip")).isNull();
        assertThat(Compression.compressors(false).lookupCompressor("zstd")).isNull();
    }
}
