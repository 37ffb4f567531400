// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.postmaster.ServingProgram;
import io.walcast.testkit.net.Ending;
import io.walcast.testkit.net.MisbehavingProxy;
import io.walcast.testkit.postgres.Load;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A primary killed under load, the promotion of its standby, and a real standby that sees it through our relay only. */
@Timeout(90)
class StandbyPromotionIT {
    private static final TimelineId SECOND = new TimelineId(2);
    private static final Load.Options LOAD = Load.Options.defaults().withThreads(2);
    private static final int COMMITS = 100;

    @TempDir
    private Path home;

    @EachMajor
    void isFollowedThroughARelayThatStreamsFromThePromoted(int major) {
        try (PostgresServer primary = PostgresServer.start(Options.of(major));
                PostgresServer heir = heirOf(primary);
                MisbehavingProxy entrance = MisbehavingProxy.to(heir.port());
                ServingProgram relay = relay(heir, entrance);
                PostgresServer standby =
                        PostgresServer.standbyOf(primary, Relayed.standby(major, Receiving.conninfo(relay.port())))) {
            try (Load load = Load.start(primary, LOAD)) {
                load.awaitCommits(COMMITS, PATIENCE);
                Relayed.awaitReplay(standby, load.lastCommittedLsn());
                primary.kill();
            }
            heir.promote();

            requireFollowed(heir, standby, relay);
            assertThat(entrance.accepted()).isEqualTo(1);
        }
    }

    @EachMajor
    void isFollowedThroughARelayThatIsLedToThePromoted(int major) {
        try (PostgresServer primary = PostgresServer.start(Options.of(major));
                PostgresServer heir = heirOf(primary);
                MisbehavingProxy entrance = MisbehavingProxy.to(primary.port());
                ServingProgram relay = relay(primary, entrance);
                PostgresServer standby =
                        PostgresServer.standbyOf(primary, Relayed.standby(major, Receiving.conninfo(relay.port())))) {
            try (Load load = Load.start(primary, LOAD)) {
                load.awaitCommits(COMMITS, PATIENCE);
                Relayed.awaitReplay(standby, load.lastCommittedLsn());
                entrance.refuse();
                entrance.cut(Ending.RST);
                load.awaitCommits(load.commits() + COMMITS, PATIENCE); // the heir is to be ahead of the relay
                Relayed.awaitReplay(heir, load.lastCommittedLsn());
                primary.kill();
            }
            heir.promote();
            entrance.retarget(heir.port());
            entrance.admit();

            requireFollowed(heir, standby, relay);
        }
    }

    private static PostgresServer heirOf(PostgresServer primary) {
        PostgresServer heir = PostgresServer.standbyOf(primary, Relayed.standby(primary.major(), primary.conninfo("")));
        heir.await("SELECT count(*) = 1 FROM pg_stat_wal_receiver WHERE status = 'streaming'", PATIENCE);
        return heir;
    }

    private ServingProgram relay(PostgresServer upstream, MisbehavingProxy entrance) {
        Relayed.initialize(home);
        ServingProgram relay = Relayed.relay(home, entrance.port());
        Relayed.awaitRelay(upstream);
        return relay;
    }

    private void requireFollowed(PostgresServer heir, PostgresServer standby, ServingProgram relay) {
        try (Load load = Load.start(heir, LOAD)) {
            load.awaitCommits(COMMITS, PATIENCE);
            standby.await("SELECT received_tli = 2 FROM pg_stat_wal_receiver", PATIENCE);
            load.awaitCommits(load.commits() + COMMITS, PATIENCE);
        }
        Lsn end = heir.flushLsn();
        Relayed.awaitReplay(standby, end);

        assertThat(standby.query(Relayed.CONTENTS)).isEqualTo(heir.query(Relayed.CONTENTS));
        Relayed.requireSameWal(standby, heir, SECOND, end);
        assertThat(standby.walDirectory().resolve("00000002.history"))
                .hasSameBinaryContentAs(heir.walDirectory().resolve("00000002.history"));
        Receiving.requireSame(home.resolve("pg_wal"), heir, end);
        Relayed.requireNoComplaint(standby);
        assertThat(relay.stop().exitCode()).isZero();
    }
}
