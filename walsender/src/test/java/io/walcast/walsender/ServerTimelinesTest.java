// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.storage.ServedPosition;
import io.walcast.walsender.StreamedTimeline.SwitchPoint;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ServerTimelinesTest {
    private static final TimelineId ONE = TimelineId.of(1);
    private static final TimelineId THREE = TimelineId.of(3);

    private final FakeServedWal wal = new FakeServedWal(18);
    private final ServerTimelines timelines = new ServerTimelines(wal);

    @BeforeEach
    void thirdTimeline() {
        wal.addHistory(3, "1\t0/250000\tfirst\n2\t0/380000\tsecond\n");
        wal.moveTo(3, "0/500000");
    }

    private StreamedTimeline choose(int timeline, String start) {
        return timelines.choose(TimelineId.of(timeline), Lsn.parse(start), Objects.requireNonNull(wal.position()));
    }

    @Test
    void theCurrentTimelineHasNoEndAndNeedsNoHistory() {
        assertThat(timelines.choose(null, Lsn.parse("0/100000"), new ServedPosition(THREE, Lsn.parse("0/500000"))))
                .isEqualTo(new StreamedTimeline(THREE, null));
        assertThat(choose(3, "FF/0").isHistoric()).isFalse();
        assertThat(wal.historyReads()).isZero();
    }

    @Test
    void anEarlierOneEndsWhereTheNextTookOver() {
        assertThat(choose(1, "0/100000").end()).isEqualTo(new SwitchPoint(Lsn.parse("0/250000"), TimelineId.of(2)));
        assertThat(choose(2, "0/100000").end()).isEqualTo(new SwitchPoint(Lsn.parse("0/380000"), THREE));
        assertThat(wal.historyReads()).as("read once").isOne();
    }

    @Test
    void itsEndMayBeAskedForAndNothingBeyond() {
        assertThat(choose(1, "0/250000").isHistoric()).isTrue();
        assertThatThrownBy(() -> choose(1, "0/250001")).isInstanceOfSatisfying(ServerErrorException.class, e -> {
            assertThat(e.sqlState().code()).isEqualTo("XX000");
            assertThat(e.fields().message())
                    .isEqualTo("requested starting point 0/250001 on timeline 1 is not in this server's history");
            assertThat(e.fields().detail()).isEqualTo("This server's history forked from timeline 1 at 0/250000.");
        });
    }

    @Test
    void aTimelineThatIsNoAncestorIsRefused() {
        assertThatThrownBy(() -> choose(4, "0/100000"))
                .isInstanceOf(ServerErrorException.class)
                .hasMessage("requested timeline 4 is not in this server's history");
    }

    @Test
    void withoutAHistoryFileThereAreNoAncestors() {
        wal.moveTo(7, "0/500000");
        assertThatThrownBy(() -> choose(1, "0/100000")).hasMessageContaining("requested timeline 1 is not");

        wal.addHistory(7, "1\t0/250000\tfirst\n");
        assertThat(choose(1, "0/100000").end()).as("the file has come").isNotNull();
    }

    @Test
    void theSegmentWithTheSwitchPointIsReadFromTheNextTimelinesFile() {
        StreamedTimeline first = choose(1, "0/100000");
        assertThat(first.fileTimeline(Lsn.parse("0/1FFFFF"), FakeServedWal.SEGMENT_SIZE))
                .isEqualTo(ONE);
        assertThat(first.fileTimeline(Lsn.parse("0/200000"), FakeServedWal.SEGMENT_SIZE))
                .isEqualTo(TimelineId.of(2));
        assertThat(new StreamedTimeline(THREE, null).fileTimeline(Lsn.parse("0/200000"), FakeServedWal.SEGMENT_SIZE))
                .isEqualTo(THREE);
    }
}
