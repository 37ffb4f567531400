// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.postmaster.ServingProgram;
import io.walcast.postmaster.WalcastProgram;
import io.walcast.testkit.postgres.Load;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Mode;
import io.walcast.testkit.postgres.PostgresServer.Options;
import io.walcast.testkit.postgres.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real standby that trusts nobody: TLS, the name in our certificate, SCRAM bound to the channel. It has a temporary slot.
 */
@Timeout(90)
class StandbyTlsIT {
    private static final String USER = "standby1";
    private static final String PASSWORD = "fünf Äpfel";

    @TempDir
    private Path root;

    @EachMajor
    void holdsEveryByteWhenThePrimaryHasStoppedAndGoesOnWithIt(int major) throws IOException {
        Path home = initialize();
        try (PostgresServer primary = PostgresServer.start(Options.of(major))) {
            // The backup takes it along; a walreceiver finds it in its working directory.
            Files.copy(home.resolve("server.crt"), primary.dataDirectory().resolve("relay.crt"));
            try (ServingProgram relay = Relayed.relay(home, primary.port());
                    PostgresServer standby = standby(primary, relay)) {
                try (Load load = Load.start(primary, Load.Options.defaults().withThreads(2))) {
                    load.awaitCommits(200, PATIENCE);
                }
                Relayed.awaitReplay(standby, primary.flushLsn());
                String slot = standby.query("SELECT slot_name FROM pg_stat_wal_receiver");
                assertThat(slot).startsWith("pg_walreceiver_");
                await().atMost(PATIENCE)
                        .untilAsserted(
                                () -> assertThat(Relayed.status(home)).contains("\"slot_name\":\"" + slot + "\""));

                primary.stop(Mode.FAST);

                Lsn end = ControlFile.of(primary).endOfCheckpoint(primary);
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(standby.flushLsn()).isEqualTo(end));
                Relayed.requireSameWal(standby, primary.walDirectory(), standby.segmentSize(), TimelineId.FIRST, end);
                assertThat(standby.query("SELECT status FROM pg_stat_wal_receiver"))
                        .isEqualTo("streaming");

                primary.start();
                primary.execute("CREATE TABLE afterwards ()");
                Relayed.awaitReplay(standby, primary.flushLsn());
                Relayed.requireNoComplaint(standby);
                assertThat(relay.stop().exitCode()).isZero();
            }
        }
    }

    private Path initialize() throws IOException {
        Path home = root.resolve("node");
        Path password = Files.writeString(root.resolve("password"), PASSWORD + "\n");
        Tool walcast = WalcastProgram.walcast();
        walcast.run(PATIENCE, "init", "-D", home.toString(), "--tls").requireSuccess();
        walcast.run(PATIENCE, "adduser", "-D", home.toString(), USER, "--password-file", password.toString())
                .requireSuccess();
        ServingProgram.write(home.resolve("pg_hba.conf"), "hostssl replication " + USER + " all scram-sha-256\n");
        Files.writeString(
                home.resolve("walcast.conf"), "wal_retrieve_retry_interval = 100ms\n", StandardOpenOption.APPEND);
        return home;
    }

    private static PostgresServer standby(PostgresServer primary, ServingProgram relay) {
        Relayed.awaitRelay(primary);
        String conninfo = "host=localhost hostaddr=127.0.0.1 port=%d user=%s password='%s'"
                        .formatted(relay.port(), USER, PASSWORD)
                + " sslmode=verify-full sslrootcert=relay.crt channel_binding=require";
        return PostgresServer.standbyOf(
                primary,
                Relayed.standby(primary.major(), conninfo).withConfiguration("wal_receiver_create_temp_slot", "on"));
    }
}
