// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.postmaster.WalcastProgram;
import io.walcast.testkit.net.MisbehavingProxy;
import io.walcast.testkit.postgres.Load;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import io.walcast.testkit.postgres.Tool.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A primary killed under load and the promotion of its standby, seen through two relays with gRPC between them; and a receiver
 * that was away meanwhile, which gets the rest of the old timeline by gRPC too.
 */
@Timeout(120)
class GrpcHopPromotionIT {
    private static final TimelineId SECOND = new TimelineId(2);
    private static final String HISTORY = "00000002.history";
    private static final Load.Options LOAD = Load.Options.defaults().withThreads(2);
    private static final int COMMITS = 100;

    @TempDir
    private Path root;

    @OldestAndNewest
    void isFollowedThroughBothAndItsHistoryPassedOn(int major) throws IOException {
        GrpcHop hop = new GrpcHop(root.resolve("certificates"));
        Path away = Files.createDirectory(root.resolve("away"));
        try (PostgresServer primary = PostgresServer.start(Options.of(major));
                PostgresServer heir = heirOf(primary);
                MisbehavingProxy entrance = MisbehavingProxy.to(heir.port());
                TwoRelays relays = new TwoRelays(root, hop, entrance.port(), null, "compression=zstd");
                PostgresServer standby = PostgresServer.standbyOf(
                        primary,
                        Relayed.standby(major, Receiving.conninfo(relays.far().port())))) {
            try (Load load = Load.start(primary, LOAD)) {
                load.awaitCommits(COMMITS, PATIENCE);
                Lsn early = load.lastCommittedLsn();
                Relayed.awaitReplay(standby, early);
                receive(hop, relays, away, early);
                load.awaitCommits(load.commits() + COMMITS, PATIENCE);
                Relayed.awaitReplay(standby, load.lastCommittedLsn());
                primary.kill();
            }
            heir.promote();

            Lsn end = requireFollowed(heir, standby, relays);
            receive(hop, relays, away, end);
            Receiving.requireSame(away, heir, end);
            assertThat(away.resolve(HISTORY))
                    .hasSameBinaryContentAs(heir.walDirectory().resolve(HISTORY));
            assertThat(entrance.accepted()).isEqualTo(1);
            assertThat(relays.far().stop().exitCode()).isZero();
            assertThat(relays.near().stop().exitCode()).isZero();
        }
    }

    private static PostgresServer heirOf(PostgresServer primary) {
        PostgresServer heir = PostgresServer.standbyOf(primary, Relayed.standby(primary.major(), primary.conninfo("")));
        heir.await("SELECT count(*) = 1 FROM pg_stat_wal_receiver WHERE status = 'streaming'", PATIENCE);
        return heir;
    }

    /** Receives from the first relay until {@code end}. */
    private static void receive(GrpcHop hop, TwoRelays relays, Path directory, Lsn end) {
        Result result = WalcastProgram.walcast()
                .run(
                        PATIENCE,
                        "receivewal",
                        "-D",
                        directory.toString(),
                        "--endpos",
                        end.toString(),
                        "--no-loop",
                        "-d",
                        hop.conninfo(relays.hopPort()));
        assertThat(result.exitCode()).as(result.stderr()).isZero();
    }

    private static Lsn requireFollowed(PostgresServer heir, PostgresServer standby, TwoRelays relays) {
        try (Load load = Load.start(heir, LOAD)) {
            load.awaitCommits(COMMITS, PATIENCE);
            standby.await("SELECT received_tli = 2 FROM pg_stat_wal_receiver", PATIENCE);
            load.awaitCommits(load.commits() + COMMITS, PATIENCE);
        }
        Lsn end = heir.flushLsn();
        Relayed.awaitReplay(standby, end);
        assertThat(standby.query(Relayed.CONTENTS)).isEqualTo(heir.query(Relayed.CONTENTS));
        Relayed.requireSameWal(standby, heir, SECOND, end);
        for (Path wal : new Path[] {relays.nearWal(), relays.farWal()}) {
            Receiving.requireSame(wal, heir, end);
            assertThat(wal.resolve(HISTORY))
                    .hasSameBinaryContentAs(heir.walDirectory().resolve(HISTORY));
        }
        Relayed.requireNoComplaint(standby);
        return end;
    }
}
