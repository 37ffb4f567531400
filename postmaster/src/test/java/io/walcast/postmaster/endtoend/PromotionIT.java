// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.endtoend.Receiving.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.Retry;
import io.walcast.core.error.WalException;
import io.walcast.postmaster.ExitCodes;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.Tool;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The timeline switch at a standby that becomes the primary, for three receivers in different positions. */
@Timeout(90)
class PromotionIT {
    private static final TimelineId SECOND = new TimelineId(2);
    private static final Map<Integer, Switchover> switchovers = new TreeMap<>();

    @TempDir
    private static Path root;

    @AfterAll
    static void closeAll() {
        switchovers.values().forEach(Switchover::close);
        switchovers.clear();
    }

    private static Switchover switchover(int major) {
        return switchovers.computeIfAbsent(
                major, absent -> Switchover.of(absent, root.resolve(Integer.toString(absent))));
    }

    @EachMajor
    void isFollowedUnderLoadOnTheSameConnection(int major) {
        Switchover switchover = switchover(major);
        Receiving follower = switchover.follower();
        Lsn end = follower.catchUpWith(switchover.promoted());

        assertThat(follower.events().switches()).containsExactly(SECOND);
        assertThat(follower.events().retries()).isEmpty();
        assertThat(switchover.followersConnections()).isEqualTo(1);
        requireBothTimelines(follower.directory(), switchover.promoted(), end);
    }

    @EachMajor
    void isFoundByAReceiverThatWasAwayMeanwhile(int major) {
        Switchover switchover = switchover(major);
        Path directory = switchover.pathOfTheOneBehind();
        try (Receiving receiving = Receiving.start(Receiving.config(switchover.promoted(), directory))) {
            Lsn end = receiving.catchUpWith(switchover.promoted());

            assertThat(receiving.events().switches()).containsExactly(SECOND);
            requireBothTimelines(directory, switchover.promoted(), end);
        }
    }

    private static void requireBothTimelines(Path directory, PostgresServer promoted, Lsn end) {
        Receiving.requireSame(directory, promoted, end);
        Snapshot snapshot = Snapshot.of(directory);
        assertThat(snapshot.files()).containsKey("00000002.history");
        assertThat(snapshot.names(".partial"))
                .as("the unfinished segment of each timeline")
                .hasSize(2)
                .anyMatch(name -> name.startsWith("00000001"))
                .anyMatch(name -> name.startsWith("00000002"));
    }

    @EachMajor
    void isRefusedByAReceiverThatHoldsMoreOfTheOldTimeline(int major) {
        Switchover switchover = switchover(major);
        Path directory = switchover.pathOfTheOneAhead();
        Snapshot before = Snapshot.of(directory);

        try (Receiving receiving = Receiving.start(Receiving.config(switchover.promoted(), directory))) {
            WalException failure = receiving.awaitFailure();

            assertThat(failure).isInstanceOf(RefusedException.class).hasMessageContaining("diverged");
            assertThat(failure.retry()).isEqualTo(Retry.NEVER);
        }
        assertThat(Snapshot.of(directory)).isEqualTo(before);

        try (Tool.Running program = Program.receivewal(switchover.promoted().port(), directory)) {
            assertThat(program.await(PATIENCE).exitCode()).isEqualTo(ExitCodes.NEEDS_A_PERSON);
        }
        assertThat(Snapshot.of(directory)).isEqualTo(before);
    }
}
