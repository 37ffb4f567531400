// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.postmaster.ServingProgram;
import io.walcast.testkit.postgres.Load;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Mode;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real standby that goes away and comes back to its slot on our relay. */
@Timeout(90)
class StandbyAwayIT {
    private static final String SLOT = "standby";

    @TempDir
    private Path home;

    @ParameterizedTest
    @ValueSource(ints = {14, 18})
    void comesBackToItsSlotUnderLoadHoweverItWent(int major) {
        Relayed.initialize(home);
        try (PostgresServer primary = PostgresServer.start(Options.of(major).withWalSegmentSizeMb(1));
                ServingProgram relay = relay(primary);
                PostgresServer standby = standby(primary, relay);
                Load load = Load.start(primary, Load.Options.defaults().withPayloadBytes(4000))) {
            load.awaitCommits(100, PATIENCE);
            standby.stop(Mode.FAST);
            load.awaitCommits(load.commits() + 300, PATIENCE);
            standby.start();
            Relayed.awaitReplay(standby, load.lastCommittedLsn());
            standby.kill();
            load.awaitCommits(load.commits() + 300, PATIENCE);
            standby.start();
            Relayed.awaitReplay(standby, load.lastCommittedLsn());
            load.stop();

            Lsn end = primary.flushLsn();
            Relayed.awaitReplay(standby, end);
            assertThat(standby.query(Relayed.CONTENTS)).isEqualTo(primary.query(Relayed.CONTENTS));
            Relayed.requireSameWal(standby, primary, TimelineId.FIRST, end);
            Relayed.requireNoComplaint(standby, "terminating walreceiver process due to administrator command");
            assertThat(relay.stop().exitCode()).isZero();
        }
    }

    private ServingProgram relay(PostgresServer primary) {
        ServingProgram relay = Relayed.relay(home, primary.port());
        Relayed.awaitRelay(primary);
        return relay;
    }

    private static PostgresServer standby(PostgresServer primary, ServingProgram relay) {
        Relayed.createSlot(relay, SLOT);
        return PostgresServer.standbyOf(
                primary,
                Relayed.standby(primary.major(), Receiving.conninfo(relay.port()))
                        .withPrimarySlotName(SLOT));
    }
}
