// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.endtoend.Receiving.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.testkit.net.MisbehavingProxy;
import io.walcast.testkit.net.ReplicationConversation;
import io.walcast.testkit.net.ReplicationTap;
import io.walcast.testkit.postgres.Load;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import io.walcast.testkit.postgres.Tool;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of the program while commits wait for it. What it has acknowledged is told by a tap outside of it. */
class KillIT {
    private static final String SLOT = "killed";
    private static final long SEED = 20261120;
    private static final int ROUNDS = 50;
    private static final int MAX_ROUND_BYTES = 800_000;

    @TempDir
    private Path directory;

    private final ReplicationTap tap = new ReplicationTap();

    @EachMajor
    @Timeout(90)
    void leavesADirectoryInWhichTheProgramGoesOn(int major) {
        try (PostgresServer server = PostgresServer.start(Options.of(major));
                MisbehavingProxy proxy = MisbehavingProxy.to(server.port(), tap);
                Load load = startSynchronousLoad(server)) {
            try (Tool.Running program = start(proxy)) {
                load.awaitCommits(100, PATIENCE);
                requireNothingLost(program, server, load);
            }
            long before = load.commits();
            try (Tool.Running program = start(proxy)) {
                load.awaitCommits(before + 100, PATIENCE);
                load.stop();
                Lsn end = server.flushLsn();
                assertThat(tap.awaitFlush(end, PATIENCE)).isTrue();
                program.terminate();

                assertThat(program.await(PATIENCE).exitCode()).isZero();
                Receiving.requireSame(directory, server, end);
            }
        }
    }

    @Test
    @Timeout(300)
    void losesNothingThatWasAcknowledgedInFiftyRounds() {
        SplittableRandom random = new SplittableRandom(SEED);
        try (PostgresServer server = PostgresServer.start(Options.of(15).withWalSegmentSizeMb(1));
                MisbehavingProxy proxy = MisbehavingProxy.to(server.port(), tap);
                Load load = startSynchronousLoad(server)) {
            for (int round = 0; round < ROUNDS; round++) {
                Lsn goal = Lsn.max(tap.maxFlush(), server.flushLsn()).plus(random.nextInt(MAX_ROUND_BYTES));
                try (Tool.Running program = start(proxy)) {
                    assertThat(tap.awaitFlush(goal, PATIENCE))
                            .as(
                                    "round %d: %s acknowledged (got: %s)\n%s",
                                    round, goal, tap.maxFlush(), program.stderr())
                            .isTrue();
                    requireNothingLost(program, server, load);
                }
            }
        }
    }

    private static Load startSynchronousLoad(PostgresServer server) {
        server.execute("SELECT pg_create_physical_replication_slot('" + SLOT + "', true)");
        server.configure("synchronous_standby_names", "*");
        return Load.start(server, Load.Options.defaults().withThreads(2).withPayloadBytes(8000));
    }

    private Tool.Running start(MisbehavingProxy proxy) {
        return Program.receivewal(proxy.port(), directory, "--slot", SLOT, "--synchronous");
    }

    /** Whatever the program sent before it died has arrived when the proxy has seen the end of its connection. */
    private void requireNothingLost(Tool.Running program, PostgresServer server, Load load) {
        program.kill();
        await().atMost(PATIENCE).until(() -> tap.conversations().stream().allMatch(ReplicationConversation::isClosed));
        Lsn acknowledged = tap.maxFlush();

        assertThat(load.lastCommittedLsn()).isLessThan(acknowledged);
        Receiving.requireSame(directory, server, acknowledged);
    }
}
