// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.testkit.net.MisbehavingProxy;
import io.walcast.testkit.net.ReplicationConversation;
import io.walcast.testkit.net.ReplicationTap;
import io.walcast.testkit.postgres.Load;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of each of two relays under load, with gRPC between them. What the second one has, the first one must hold on its
 * disk; what the standby was sent, as a tap before it knows, the second one must hold.
 */
class GrpcHopKillIT {
    private static final long SEED = 20261120;
    private static final int ROUNDS = 6;
    private static final int MAX_ROUND_BYTES = 800_000;
    private static final Load.Options LOAD =
            Load.Options.defaults().withThreads(2).withPayloadBytes(4000).withCommitsPerSecond(300);

    @TempDir
    private Path root;

    private final ReplicationTap tap = new ReplicationTap();
    private final SplittableRandom random = new SplittableRandom(SEED);

    @OldestAndNewest
    @Timeout(240)
    void neverLeavesAnyoneAheadOfWhomTheyReceiveFrom(int major) {
        GrpcHop hop = new GrpcHop(root.resolve("certificates"));
        try (PostgresServer primary = PostgresServer.start(Options.of(major).withWalSegmentSizeMb(1));
                TwoRelays relays = new TwoRelays(root, hop, primary.port(), "far_slot", "compression=zstd");
                MisbehavingProxy proxy = MisbehavingProxy.to(relays.far().port(), tap);
                PostgresServer standby =
                        PostgresServer.standbyOf(primary, Relayed.standby(major, Receiving.conninfo(proxy.port())));
                Load load = Load.start(primary, LOAD)) {
            for (int round = 0; round < ROUNDS; round++) {
                requireStandbyGoesOn(round);
                killNear(relays, primary);
                requireStandbyGoesOn(round);
                killFar(relays, primary);
            }
            load.stop();
            requireAllEqual(relays, primary, standby);
        }
    }

    private static void killNear(TwoRelays relays, PostgresServer primary) {
        relays.near().running().kill();
        Receiving.requireSame(relays.nearWal(), primary, relays.farFlushed());
        relays.near().close();
        relays.startNear();
    }

    private void killFar(TwoRelays relays, PostgresServer primary) {
        relays.far().running().kill();
        await().atMost(PATIENCE).until(() -> tap.conversations().stream().allMatch(ReplicationConversation::isClosed));
        Receiving.requireSame(relays.farWal(), primary, sent());
        relays.far().close();
        relays.startFar();
    }

    /** Waits until the standby has acknowledged some more than it had before the kill. */
    private void requireStandbyGoesOn(int round) {
        Lsn goal = Lsn.max(tap.maxFlush(), sent()).plus(1 + random.nextInt(MAX_ROUND_BYTES));
        assertThat(tap.awaitFlush(goal, PATIENCE))
                .as("round %d: %s acknowledged (got: %s)", round, goal, tap.maxFlush())
                .isTrue();
    }

    private Lsn sent() {
        return tap.conversations().stream()
                .map(ReplicationConversation::sentUpTo)
                .reduce(Lsn.INVALID, Lsn::max);
    }

    private static void requireAllEqual(TwoRelays relays, PostgresServer primary, PostgresServer standby) {
        Lsn end = primary.flushLsn();
        Relayed.awaitReplay(standby, end);
        assertThat(standby.query(Relayed.CONTENTS)).isEqualTo(primary.query(Relayed.CONTENTS));
        Relayed.requireSameWal(standby, primary, TimelineId.FIRST, end);
        Receiving.requireSame(relays.nearWal(), primary, end);
        Receiving.requireSame(relays.farWal(), primary, end);
        Relayed.requireNoComplaint(
                standby, "could not receive data from WAL stream", "could not connect to the primary");
        assertThat(relays.far().stop().exitCode()).isZero();
        assertThat(relays.near().stop().exitCode()).isZero();
    }
}
