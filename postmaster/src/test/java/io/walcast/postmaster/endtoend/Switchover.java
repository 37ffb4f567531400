// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.endtoend.Receiving.PATIENCE;

import io.walcast.core.Lsn;
import io.walcast.testkit.net.Ending;
import io.walcast.testkit.net.MisbehavingProxy;
import io.walcast.testkit.postgres.Load;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.nio.file.Path;

/**
 * A primary that is killed under load, and its standby that becomes the primary, under load too, with less WAL than the
 * old one had. Three receivers were there: one streams from the standby all the time, one was stopped before the standby
 * fell behind, one held the old primary's last WAL.
 */
final class Switchover implements AutoCloseable {
    private static final int COMMITS = 100;
    private static final Load.Options LOAD = Load.Options.defaults().withThreads(2);

    private final Path root;
    private final PostgresServer primary;
    private final MisbehavingProxy replication;
    private final PostgresServer standby;
    private final MisbehavingProxy entrance;
    private final Receiving follower;

    private Switchover(int major, Path root) {
        this.root = root;
        primary = PostgresServer.start(Options.of(major));
        replication = MisbehavingProxy.to(primary.port());
        standby = PostgresServer.standbyOf(
                primary, Options.of(major).withPrimaryConninfo(Receiving.conninfo(replication.port())));
        entrance = MisbehavingProxy.to(standby.port());
        follower = Receiving.start(Receiving.config(entrance.port(), root.resolve("follower")));
    }

    /** Makes the servers and the receivers, in {@code root}, and has it all happen. */
    static Switchover of(int major, Path root) {
        Switchover switchover = new Switchover(major, root);
        try {
            switchover.happen();
            return switchover;
        } catch (RuntimeException | Error e) {
            switchover.close();
            throw e;
        }
    }

    private void happen() {
        try (Receiving ahead = Receiving.start(Receiving.config(primary, pathOfTheOneAhead()));
                Receiving behind = Receiving.start(Receiving.config(primary, pathOfTheOneBehind()));
                Load load = Load.start(primary, LOAD)) {
            load.awaitCommits(COMMITS, PATIENCE);
            Lsn common = load.lastCommittedLsn();
            behind.awaitFlush(common);
            behind.stop();
            standby.await(
                    "SELECT pg_last_wal_receive_lsn() >= '" + behind.receiver().flushedUpto() + "'", PATIENCE);
            follower.awaitFlush(common);
            replication.refuse();
            replication.cut(Ending.RST);
            load.awaitCommits(load.commits() + COMMITS, PATIENCE);
            ahead.awaitFlush(load.lastCommittedLsn());
            primary.kill();
        }
        standby.promote();
        try (Load load = Load.start(standby, LOAD)) {
            load.awaitCommits(COMMITS, PATIENCE);
        }
    }

    /** Returns the server that was promoted. */
    PostgresServer promoted() {
        return standby;
    }

    /** Returns the receiver that has streamed from it all the time. */
    Receiving follower() {
        return follower;
    }

    /** Returns how many connections that receiver has made. */
    int followersConnections() {
        return entrance.accepted();
    }

    /** Returns the directory of the receiver that was away when it happened. */
    Path pathOfTheOneBehind() {
        return root.resolve("behind");
    }

    /** Returns the directory of the receiver that holds more of the old timeline than the new primary. */
    Path pathOfTheOneAhead() {
        return root.resolve("ahead");
    }

    @Override
    public void close() {
        follower.close();
        entrance.close();
        standby.close();
        replication.close();
        primary.close();
    }
}
