// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompressionSpecTest {
    private static final String INVALID = "invalid compression specification: ";

    @ParameterizedTest
    @ValueSource(strings = {"none", "none:0", "none:level=0", "", "0", " 0", "+0"})
    void acceptsWhatMeansNoCompression(String argument) {
        assertThatCode(() -> CompressionSpec.requireNone(argument)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "gzip:1", "gzip:level=3", "gzip:level=3,level=4", "5", "9", "-1", "gzip:-1", "+5"})
    void refusesGzipAsABuildWithoutIt(String argument) {
        assertThatThrownBy(() -> CompressionSpec.requireNone(argument))
                .hasMessage(INVALID + "this build does not support compression with gzip");
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
                "lz4:12|this build does not support compression with lz4",
                "zstd:99|compression algorithm \"zstd\" expects a compression level between -131072 and 22 (default at 3)",
            })
    void saysWhatIsInvalid(String argument, String why) {
        assertThatThrownBy(() -> CompressionSpec.requireNone(argument)).hasMessage(INVALID + why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GZIP", "client-gzip", "server-gzip", "foo", "5x", "5 "})
    void refusesUnknownMethods(String argument) {
        assertThatThrownBy(() -> CompressionSpec.requireNone(argument))
                .hasMessage("unrecognized compression algorithm: \"" + argument + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd", "zstd:3", "zstd:workers=3", "zstd:long"})
    void refusesZstdAsPgReceivewalDoes(String argument) {
        assertThatThrownBy(() -> CompressionSpec.requireNone(argument))
                .hasMessage("compression with ZSTD is not yet supported");
    }
}
