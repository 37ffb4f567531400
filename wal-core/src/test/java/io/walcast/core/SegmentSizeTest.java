// SPDX-License-Identifier: Apache-2.0
package io.walcast.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentSizeTest {

    @ParameterizedTest
    @CsvSource({
        "1MB, 1048576",
        "16MB, 16777216",
        "64MB, 67108864",
        "512MB, 536870912",
        "1GB, 1073741824",
        "16384kB, 16777216",
        "1024MB, 1073741824",
        "16777216, 16777216",
        "16777216B, 16777216"
    })
    void parsesWhatServersAnswer(String text, int bytes) {
        assertThat(SegmentSize.parse(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "MB",
                "16",
                "3MB",
                "0MB",
                "-16MB",
                "+16MB",
                "16mb",
                "16 MB",
                "16MB ",
                "2GB",
                "1TB",
                "512kB",
                "99999999999MB",
                "9999999999GB",
                "8589934593GB",
                "\u0661MB"
            })
    void rejectsWhatNoServerCanHave(String text) {
        assertThatThrownBy(() -> SegmentSize.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("segmentSize: ");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1 << 19, (1 << 20) + 1, 3 << 20, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void rejectsWhatIsNoPowerOfTwoBetweenTheLimits(int bytes) {
        assertThatThrownBy(() -> new SegmentSize(bytes)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void placesPositionsInSegmentsOverAllSixtyFourBits() {
        SegmentSize size = new SegmentSize(SegmentSize.MAX_BYTES);
        Lsn last = Lsn.parse("FFFFFFFF/FFFFFFFF");

        assertThat(size.segmentNumber(last)).isEqualTo(0x3_FFFF_FFFFL);
        assertThat(size.offset(last)).isEqualTo(SegmentSize.MAX_BYTES - 1);
        assertThat(size.startOfSegment(last)).isEqualTo(Lsn.parse("FFFFFFFF/C0000000"));
        assertThat(size.start(0x3_FFFF_FFFFL)).isEqualTo(Lsn.parse("FFFFFFFF/C0000000"));
        assertThatThrownBy(() -> size.start(0x4_0000_0000L)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> size.start(-1)).isInstanceOf(ArithmeticException.class);
        assertThat(SegmentSize.DEFAULT.start(1)).isEqualTo(Lsn.parse("0/1000000"));
        assertThat(SegmentSize.DEFAULT.offset(Lsn.parse("0/1000000"))).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1MB", "16MB", "64MB", "1GB"})
    void writesWhatPostgresWrites(String text) {
        assertThat(SegmentSize.parse(text)).hasToString(text);
    }
}
