// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.storage.SegmentCompression;
import io.walcast.postmaster.compression.Compressions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompressionSpecTest {
    private static final String INVALID = "invalid compression specification: ";

    @ParameterizedTest
    @ValueSource(strings = {"none", "none:0", "none:level=0", "", "0", " 0", "+0"})
    void acceptsWhatMeansNoCompression(String argument) {
        assertThat(CompressionSpec.compression(argument)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "gzip, -1",
        "gzip:1, 1",
        "gzip:level=3, 3",
        "'gzip:level=3,level=4', 4",
        "5, 5",
        "9, 9",
        "-1, -1",
        "gzip:-1, -1",
        "+5, 5"
    })
    void knowsGzip(String argument, int level) {
        assertThat(CompressionSpec.compression(argument)).isEqualTo(SegmentCompression.gzip(level));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "none:1|compression algorithm \"none\" does not accept a compression level",
                "none:level=1|compression algorithm \"none\" does not accept a compression level",
                "none:x|unrecognized compression option: \"x\"",
                "none:|found empty string where a compression option was expected",
                "none:level=|value for compression option \"level\" must be an integer",
                "10|compression algorithm \"gzip\" expects a compression level between 1 and 9 (default at -1)",
                "gzip:0|compression algorithm \"gzip\" expects a compression level between 1 and 9 (default at -1)",
                "gzip:99999999999|compression algorithm \"gzip\" expects a compression level between 1 and 9 (default at -1)",
                "gzip:|found empty string where a compression option was expected",
                "gzip:,|found empty string where a compression option was expected",
                "gzip:1x|unrecognized compression option: \"1x\"",
                "gzip:foo=1|unrecognized compression option: \"foo\"",
                "gzip:level|compression option \"level\" requires a value",
                "gzip:workers=2|compression algorithm \"gzip\" does not accept a worker count",
                "gzip:long|compression algorithm \"gzip\" does not support long-distance mode",
                "lz4:13|compression algorithm \"lz4\" expects a compression level between 1 and 12 (default at 0)",
                "zstd:99|compression algorithm \"zstd\" expects a compression level between -131072 and 22 (default at 3)",
            })
    void saysWhatIsInvalid(String argument, String why) {
        assertThatThrownBy(() -> CompressionSpec.compression(argument)).hasMessage(INVALID + why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GZIP", "client-gzip", "server-gzip", "foo", "5x", "5 "})
    void refusesUnknownMethods(String argument) {
        assertThatThrownBy(() -> CompressionSpec.compression(argument))
                .hasMessage("unrecognized compression algorithm: \"" + argument + "\"");
    }

    @ParameterizedTest
    @CsvSource({"lz4, 0", "lz4:12, 12", "lz4:level=1, 1"})
    void knowsLz4(String argument, int level) {
        assertThat(CompressionSpec.compression(argument)).isEqualTo(Compressions.lz4(level));
    }

    @ParameterizedTest
    @CsvSource({"zstd, 3", "zstd:-5, -5", "zstd:workers=3, 3", "zstd:long, 3"})
    void knowsZstd(String argument, int level) {
        assertThat(CompressionSpec.compression(argument)).isEqualTo(Compressions.zstd(level));
    }
}
