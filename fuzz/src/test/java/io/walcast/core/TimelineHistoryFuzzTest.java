// SPDX-License-Identifier: Apache-2.0
package io.walcast.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.core.error.StorageException;
import io.walcast.fuzz.ParserContract;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

final class TimelineHistoryFuzzTest {
    private static final TimelineId TIMELINE = TimelineId.of(1000);

    /** What was read can be written as PostgreSQL writes it, and read again; and it goes one way only. */
    @FuzzTest
    void readsWhatAServerWouldWrite(byte[] bytes) {
        Optional<TimelineHistory> read = ParserContract.parse(
                bytes.length, StorageException.class, () -> TimelineHistory.parse(TIMELINE, ByteBuffer.wrap(bytes)));

        if (read.isPresent()) {
            List<TimelineHistory.Entry> entries = read.get().entries();
            ByteBuffer written = UTF_8.encode(written(entries));
            assertThat(TimelineHistory.parse(TIMELINE, written).entries()).isEqualTo(entries);
            requireOrder(entries);
        }
    }

    private static String written(List<TimelineHistory.Entry> entries) {
        StringBuilder lines = new StringBuilder();
        for (TimelineHistory.Entry entry : entries.subList(0, entries.size() - 1)) {
            lines.append("%s\t%s\t%s\n".formatted(entry.timeline(), entry.end(), entry.reason()));
        }
        return lines.toString();
    }

    private static void requireOrder(List<TimelineHistory.Entry> entries) {
        assertThat(entries.get(0).begin()).isEqualTo(Lsn.INVALID);
        for (int i = 1; i < entries.size(); i++) {
            assertThat(entries.get(i).begin()).isEqualTo(entries.get(i - 1).end());
            assertThat(entries.get(i).timeline())
                    .isGreaterThan(entries.get(i - 1).timeline());
        }
        TimelineHistory.Entry last = entries.get(entries.size() - 1);
        assertThat(last.timeline()).isEqualTo(TIMELINE);
        assertThat(last.end()).isNull();
    }
}
