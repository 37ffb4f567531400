// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.endtoend.Receiving.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.postmaster.ExitCodes;
import io.walcast.testkit.RequiresTool;
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

/**
 * The power fails under the program while commits wait for it: a real ext4 is shut down without a chance to write anything more.
 * What was acknowledged is told by a tap on the wire, up to the last word that the program got out after the cut. More cuts with
 * {@code -Dwalcast.programCuts=N}.
 */
@RequiresTool(
        value = {"mkfs.ext4", "mount", "umount", "python3"},
        group = "power cuts")
class PowerCutIT {
    private static final int CUTS = Integer.getInteger("walcast.programCuts", 20);
    private static final int DISK_MEGABYTES = 200;
    private static final int MAX_ROUND_BYTES = 1_500_000;
    private static final String SLOT = "cut";
    private static final long SEED = 20261120;

    @TempDir
    private Path parent;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final ReplicationTap tap = new ReplicationTap();

    @Test
    @Timeout(600)
    void losesNothingThatWasAcknowledged() {
        try (PostgresServer server = PostgresServer.start(
                        Options.of(18).withWalSegmentSizeMb(1).withConfiguration("wal_keep_size", "1GB"));
                MisbehavingProxy proxy = MisbehavingProxy.to(server.port(), tap)) {
            server.execute("SELECT pg_create_physical_replication_slot('" + SLOT + "', true)");
            server.configure("synchronous_standby_names", "*");
            try (Load load = Load.start(
                            server, Load.Options.defaults().withThreads(2).withPayloadBytes(8000));
                    JournaledDisk disk = JournaledDisk.make(parent, DISK_MEGABYTES)) {
                for (int cut = 0; cut < CUTS; cut++) {
                    receiveUntilTheCut(server, proxy, disk, cut);
                    Lsn acknowledged = tap.maxFlush();

                    disk.mountAgain();

                    assertThat(load.lastCommittedLsn()).isLessThan(acknowledged);
                    Receiving.requireSame(disk.directory(), server, acknowledged);
                }
            }
        }
    }

    private void receiveUntilTheCut(PostgresServer server, MisbehavingProxy proxy, JournaledDisk disk, int cut) {
        Lsn goal = Lsn.max(tap.maxFlush(), server.flushLsn()).plus(random.nextInt(MAX_ROUND_BYTES));
        String[] options = {"--slot", SLOT, "--synchronous"};
        try (Tool.Running program = Program.receivewal(proxy.port(), disk.directory(), options)) {
            assertThat(tap.awaitFlush(goal, PATIENCE))
                    .as("cut %d: %s acknowledged (got: %s)\n%s", cut, goal, tap.maxFlush(), program.stderr())
                    .isTrue();
            disk.cut(random.nextBoolean());
            assertThat(program.await(PATIENCE).exitCode()).isEqualTo(ExitCodes.STORAGE);
        }
        await().atMost(PATIENCE).until(() -> tap.conversations().stream().allMatch(ReplicationConversation::isClosed));
    }
}
