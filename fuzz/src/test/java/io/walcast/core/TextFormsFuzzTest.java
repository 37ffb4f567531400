// SPDX-License-Identifier: Apache-2.0
package io.walcast.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import java.util.Optional;
import java.util.function.Function;

final class TextFormsFuzzTest {

    @FuzzTest
    void readsPositionsAndNumbersAsTheyArePrinted(byte[] bytes) {
        String text = Input.text(bytes);
        roundTrip(text, Lsn::parse);
        roundTrip(text, TimelineId::parse);
        roundTrip(text, SystemIdentifier::parse);
        roundTrip(text, SegmentSize::parse);
    }

    private static <T> void roundTrip(String text, Function<String, T> parser) {
        Optional<T> value =
                ParserContract.parse(text.length(), IllegalArgumentException.class, () -> parser.apply(text));
        value.ifPresent(read -> assertThat(parser.apply(read.toString())).isEqualTo(read));
    }

    /** The size of segments, and a file's name: only one that is written just so is one. */
    @FuzzTest
    void readsNamesOfSegmentsAndHistories(byte[] bytes) {
        Input input = new Input(bytes);
        SegmentSize size = new SegmentSize(SegmentSize.MIN_BYTES << input.uint8() % 11);
        String name = input.restAsText();
        Optional<SegmentName> segment = SegmentName.parse(name, size);
        Optional<TimelineId> history = TimelineHistory.timelineOfFileName(name);

        if (segment.isPresent()) {
            assertThat(segment.get().fileName(size)).isEqualTo(name).isUpperCase();
            assertThat(size.segmentNumber(segment.get().start(size)))
                    .isEqualTo(segment.get().segmentNumber());
            assertThat(history).isEmpty();
        }
        history.ifPresent(
                timeline -> assertThat(TimelineHistory.fileName(timeline)).isEqualTo(name));
    }

    /** Whatever a peer says, a terminal shows it as it is, and a log has it on one line. */
    @FuzzTest
    void printsNothingThatSteersATerminal(byte[] bytes) {
        String text = Input.text(bytes);

        assertThat(PrintableText.of(text)).matches("[ -~]*").hasSizeLessThanOrEqualTo(PrintableText.MAX_LENGTH);
        String lines = PrintableText.ofLines(text);
        assertThat(lines.codePoints()
                        .filter(c -> c != '\n' && c != '\t')
                        .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT))
                .isTrue();
        assertThat(PrintableText.ofLines(lines)).isEqualTo(lines);
    }
}
