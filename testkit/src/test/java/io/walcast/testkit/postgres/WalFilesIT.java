// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.testkit.RequiresTool;
import io.walcast.testkit.net.MisbehavingProxy;
import io.walcast.testkit.net.ReplicationConversation;
import io.walcast.testkit.net.ReplicationTap;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL's own receiver, a tap between it and the server, and the comparison of their files. */
@RequiresTool("pg_receivewal")
@Timeout(120)
class WalFilesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    @Test
    void findsWhatPgReceivewalWroteEqualAsFarAsItWasAcknowledged() {
        ReplicationTap tap = new ReplicationTap();
        try (PostgresServer server = PostgresServer.start(Options.of(15).withWalSegmentSizeMb(1));
                MisbehavingProxy proxy = MisbehavingProxy.to(server.port(), tap);
                Tool.Running receiver = Tool.require("pg_receivewal")
                        .start("-D", directory.toString(), "--synchronous", "-d", conninfo(proxy))) {
            server.await("SELECT count(*) = 1 FROM pg_stat_replication WHERE state = 'streaming'", PATIENCE);
            server.configure("synchronous_standby_names", "pg_receivewal");
            server.await("SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'", PATIENCE);
            Load.Totals totals;
            try (Load load = Load.start(server, Load.Options.defaults().withPayloadBytes(20_000))) {
                load.awaitCommits(200, PATIENCE);
                totals = load.stop();
            }
            Lsn end = server.flushLsn();

            assertThat(tap.awaitFlush(end, PATIENCE)).isTrue();
            assertThat(tap.maxFlush()).isGreaterThanOrEqualTo(totals.lastCommittedLsn());
            ReplicationConversation conversation = tap.conversations().get(0);
            assertThat(conversation.parameters()).containsEntry("application_name", "pg_receivewal");
            assertThat(conversation.queries())
                    .contains("IDENTIFY_SYSTEM", "SHOW wal_segment_size")
                    .anyMatch(query -> query.startsWith("START_REPLICATION"));
            assertThat(conversation.walBytes()).isGreaterThan(200 * 20_000);
            assertThat(conversation.sentUpTo()).isGreaterThanOrEqualTo(end);

            WalFiles.Comparison comparison = WalFiles.compare(directory, server, tap.maxFlush());
            assertThat(comparison.differences()).isEmpty();
            assertThat(comparison.segments()).isGreaterThan(4);
            assertThat(comparison.bytes()).isGreaterThan(200 * 20_000);

            receiver.interrupt();
            assertThat(receiver.await(PATIENCE).exitCode()).isZero();
        }
    }

    private static String conninfo(MisbehavingProxy proxy) {
        return "host=127.0.0.1 user=postgres sslmode=disable port=" + proxy.port();
    }
}
