// SPDX-License-Identifier: Apache-2.0
package io.walcast.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentNameTest {
    private static final SegmentSize ONE_MB = new SegmentSize(1 << 20);

    @ParameterizedTest
    @CsvSource({
        "16777216, 1, 0/1000000, 000000010000000000000001",
        "16777216, 1, 0/FFFFFFFF, 0000000100000000000000FF",
        "16777216, 4294967295, 1/0, FFFFFFFF0000000100000000",
        "1048576, 2, 0/FFFFFFFF, 000000020000000000000FFF",
        "1073741824, 2, 5/C0000000, 000000020000000500000003",
        "16777216, 1, FFFFFFFF/FFFFFFFF, 00000001FFFFFFFF000000FF"
    })
    void isNamedAsPostgresNamesIt(int bytes, long timeline, String lsn, String fileName) {
        SegmentSize size = new SegmentSize(bytes);

        SegmentName name = SegmentName.containing(TimelineId.of(timeline), Lsn.parse(lsn), size);

        assertThat(name.fileName(size)).isEqualTo(fileName);
        assertThat(SegmentName.parse(fileName, size)).contains(name);
        assertThat(name.start(size)).isEqualTo(size.startOfSegment(Lsn.parse(lsn)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00000001000000000000000",
                "0000000100000000000000010",
                "00000001000000000000000a",
                "00000001000000000000000G",
                "000000000000000000000001",
                "000000010000000000000100",
                "000000010000000000000001.partial",
                "00000002.history",
                "../000001000000000000000",
                " 00000010000000000000001",
                "+00000010000000000000001"
            })
    void knowsWhatIsNoFinishedSegment(String fileName) {
        assertThat(SegmentName.parse(fileName, SegmentSize.DEFAULT)).isEmpty();
    }

    @Test
    void acceptsMoreSegmentsPerFourGigabytesWhereSegmentsAreSmaller() {
        assertThat(SegmentName.parse("000000010000000000000FFF", ONE_MB)).isPresent();
        assertThat(SegmentName.parse("000000010000000000001000", ONE_MB)).isEmpty();
    }

    @Test
    void goesOnInTheNextFourGigabytes() {
        SegmentName last = SegmentName.parse("0000000100000000000000FF", SegmentSize.DEFAULT)
                .orElseThrow();

        assertThat(last.next().fileName(SegmentSize.DEFAULT)).isEqualTo("000000010000000100000000");
    }

    @Test
    void refusesANegativeNumber() {
        assertThatThrownBy(() -> new SegmentName(TimelineId.FIRST, -1)).isInstanceOf(IllegalArgumentException.class);
    }
}
