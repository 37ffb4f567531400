// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.walsender.LagTracker.Head;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LagTrackerTest {
    private static final List<Head> HEADS = List.of(Head.WRITE, Head.FLUSH, Head.APPLY);

    private final LagTracker tracker = new LagTracker();

    @Test
    void lagIsTheAgeOfTheLastSampleThatWasReached() {
        tracker.write(new Lsn(100), 1000);
        tracker.write(new Lsn(200), 2000);

        assertThat(tracker.read(Head.FLUSH, new Lsn(200), 2500)).isEqualTo(500);
        assertThat(tracker.read(Head.WRITE, new Lsn(100), 2600)).isEqualTo(1600);
    }

    @Test
    void nothingIsKnownBeforeThereIsASampleAndAfterAllWereReached() {
        assertThat(tracker.read(Head.APPLY, new Lsn(100), 10)).isEqualTo(LagTracker.UNKNOWN);
        tracker.write(new Lsn(100), 1000);
        tracker.read(Head.APPLY, new Lsn(100), 1500);

        assertThat(tracker.read(Head.APPLY, new Lsn(100), 9000)).isEqualTo(LagTracker.UNKNOWN);
    }

    @Test
    void theSamePositionIsOneSample() {
        tracker.write(new Lsn(100), 1000);
        tracker.write(new Lsn(100), 5000);

        assertThat(tracker.read(Head.WRITE, new Lsn(100), 6000)).isEqualTo(5000);
    }

    @Test
    void betweenTwoSamplesItIsEstimated() {
        tracker.write(new Lsn(100), 1000);
        tracker.write(new Lsn(200), 2000);
        tracker.read(Head.APPLY, new Lsn(100), 2000);

        assertThat(tracker.read(Head.APPLY, new Lsn(150), 3000)).isEqualTo(1500);
    }

    @Test
    void beforeTheFirstSampleItIsAsIfThatWereReachedNow() {
        tracker.write(new Lsn(100), 1000);

        assertThat(tracker.read(Head.APPLY, new Lsn(50), 4000)).isEqualTo(3000);
    }

    @Test
    void aPositionThatWentBackIsUnknown() {
        tracker.write(new Lsn(100), 1000);
        tracker.write(new Lsn(200), 2000);
        tracker.read(Head.APPLY, new Lsn(100), 2000);

        assertThat(tracker.read(Head.APPLY, new Lsn(99), 3000)).isEqualTo(LagTracker.UNKNOWN);
    }

    @Test
    void anOldSampleTellsNothingAboutTheNextBurst() {
        tracker.write(new Lsn(100), 1000);
        tracker.read(Head.FLUSH, new Lsn(100), 1100);
        tracker.write(new Lsn(200), 100_000);

        assertThat(tracker.read(Head.FLUSH, new Lsn(150), 100_010)).isEqualTo(10);
    }

    @Test
    void positionsAreUnsigned() {
        tracker.write(new Lsn(-10), 1000);

        assertThat(tracker.read(Head.WRITE, new Lsn(5), 1500)).isEqualTo(500);
        assertThat(tracker.read(Head.WRITE, new Lsn(-10), 1700)).isEqualTo(700);
    }

    @Test
    void aHeadThatStandsStillKeepsItsSample() {
        tracker.read(Head.APPLY, new Lsn(1), 0);
        for (int i = 1; i <= 3 * LagTracker.MAX_SAMPLES; i++) {
            tracker.write(new Lsn(i * 10L), i);
        }

        assertThat(tracker.read(Head.APPLY, new Lsn(5), 50_000)).isEqualTo(49_999);
        assertThat(tracker.read(Head.APPLY, new Lsn(10), 50_000)).isEqualTo(49_999);
        assertThat(tracker.read(Head.APPLY, new Lsn(30L * LagTracker.MAX_SAMPLES), 50_000))
                .isEqualTo(50_000 - 3L * LagTracker.MAX_SAMPLES);
    }

    /** {@code pg_receivewal} without a slot never says what it has flushed. */
    @Test
    void aPositionThatIsNeverReportedHasTheLagOfTheFirstSample() {
        for (int i = 1; i <= 3 * LagTracker.MAX_SAMPLES; i++) {
            tracker.write(new Lsn(i * 10L), i);
            assertThat(tracker.read(Head.WRITE, new Lsn(i * 10L), i + 5L)).isEqualTo(5);
            assertThat(tracker.read(Head.FLUSH, Lsn.INVALID, i + 5L)).isEqualTo(i + 4L);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void saysWhatAStraightforwardTrackerSays(long seed) {
        Random random = new Random(seed);
        LagModel model = new LagModel();
        long[] reported = {1, 1, 1};
        long end = 1;
        long nowNs = seed * 1000;
        for (Head head : Head.values()) {
            assertThat(tracker.read(head, new Lsn(1), nowNs)).isEqualTo(model.read(head, 1, nowNs));
        }
        for (int i = 0; i < 60_000; i++) {
            nowNs += random.nextInt(50);
            if (random.nextInt(100) < 80) {
                end += random.nextInt(3) * 8L;
                tracker.write(new Lsn(end), nowNs);
                model.write(end, nowNs);
            } else {
                int head = random.nextInt(random.nextInt(10) == 0 ? 3 : 2);
                long room = Math.max(1, end - reported[head]);
                long step = random.nextInt(4) == 0 ? room : random.nextLong(room + 20) - 5;
                reported[head] = Math.max(1, reported[head] + step);
                Head read = HEADS.get(head);
                assertThat(tracker.read(read, new Lsn(reported[head]), nowNs))
                        .as("read %s of %s at step %s", read, reported[head], i)
                        .isEqualTo(model.read(read, reported[head], nowNs));
            }
        }
    }
}
