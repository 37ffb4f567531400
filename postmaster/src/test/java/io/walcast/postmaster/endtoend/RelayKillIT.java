// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.postmaster.ServingProgram;
import io.walcast.testkit.net.MisbehavingProxy;
import io.walcast.testkit.net.ReplicationConversation;
import io.walcast.testkit.net.ReplicationTap;
import io.walcast.testkit.postgres.Load;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of a relay under load. A tap between it and a real standby knows what the standby was sent; the relay's
 * directory, and the relay when it is back, must hold all of that.
 */
class RelayKillIT {
    private static final long SEED = 20261120;
    private static final int ROUNDS = 20;
    private static final int MAX_ROUND_BYTES = 800_000;
    private static final Load.Options LOAD =
            Load.Options.defaults().withThreads(2).withPayloadBytes(4000).withCommitsPerSecond(400);

    @TempDir
    private Path home;

    private final ReplicationTap tap = new ReplicationTap();
    private final SplittableRandom random = new SplittableRandom(SEED);

    @BeforeEach
    void initialize() {
        Relayed.initialize(home);
    }

    @Test
    @Timeout(240)
    void neverLeavesTheStandbyAheadInTwentyRounds() {
        kill(Options.of(15).withWalSegmentSizeMb(1), ROUNDS);
    }

    @EachMajor
    @Timeout(60)
    void neverLeavesTheStandbyAhead(int major) {
        kill(Options.of(major).withWalSegmentSizeMb(1), 1);
    }

    private void kill(Options options, int rounds) {
        try (PostgresServer primary = PostgresServer.start(options)) {
            ServingProgram relay = Relayed.relay(home, primary.port());
            int port = relay.port();
            Relayed.awaitRelay(primary);
            try (MisbehavingProxy proxy = MisbehavingProxy.to(port, tap);
                    PostgresServer standby = PostgresServer.standbyOf(
                            primary, Relayed.standby(primary.major(), Receiving.conninfo(proxy.port())));
                    Load load = Load.start(primary, LOAD)) {
                for (int round = 0; round < rounds; round++) {
                    requireStandbyGoesOn(round);
                    relay.running().kill();
                    Lsn sent = requireHeld(primary);
                    relay.close();
                    relay = Relayed.relay(home, port, primary.port());
                    assertThat(relay.port()).isEqualTo(port);
                    assertThat(Relayed.readyUpTo(relay)).isGreaterThanOrEqualTo(sent);
                }
                load.stop();
                requireAllEqual(primary, standby);
            } finally {
                relay.close();
            }
        }
    }

    /** Waits until the standby has acknowledged some more than it had before the kill. */
    private void requireStandbyGoesOn(int round) {
        Lsn goal = Lsn.max(tap.maxFlush(), sent()).plus(1 + random.nextInt(MAX_ROUND_BYTES));
        assertThat(tap.awaitFlush(goal, PATIENCE))
                .as("round %d: %s acknowledged (got: %s)", round, goal, tap.maxFlush())
                .isTrue();
    }

    /** Requires that the directory of the killed relay holds all that it had sent, and returns how far that is. */
    private Lsn requireHeld(PostgresServer primary) {
        await().atMost(PATIENCE).until(() -> tap.conversations().stream().allMatch(ReplicationConversation::isClosed));
        Lsn sent = sent();
        assertThat(tap.maxFlush()).isLessThanOrEqualTo(sent);
        Receiving.requireSame(home.resolve("pg_wal"), primary, sent);
        return sent;
    }

    private Lsn sent() {
        return tap.conversations().stream()
                .map(ReplicationConversation::sentUpTo)
                .reduce(Lsn.INVALID, Lsn::max);
    }

    private void requireAllEqual(PostgresServer primary, PostgresServer standby) {
        Lsn end = primary.flushLsn();
        Relayed.awaitReplay(standby, end);
        assertThat(standby.query(Relayed.CONTENTS)).isEqualTo(primary.query(Relayed.CONTENTS));
        Relayed.requireSameWal(standby, primary, TimelineId.FIRST, end);
        Receiving.requireSame(home.resolve("pg_wal"), primary, end);
        Relayed.requireNoComplaint(
                standby, "could not receive data from WAL stream", "could not connect to the primary");
    }
}
