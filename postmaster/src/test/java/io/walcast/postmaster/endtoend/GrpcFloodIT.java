// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.postmaster.ServingProgram;
import io.walcast.postmaster.WalcastProgram;
import io.walcast.postmaster.http2.RawClient;
import io.walcast.postmaster.http2.SessionBytes;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import io.walcast.walreceiver.WalReceiverConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A relay with little memory that serves by gRPC, and a receiver that streams from it: whatever is done to the relay from another
 * address, the receiver goes on, somebody else gets in at once, and the relay keeps its size.
 */
@EnabledOnOs(OS.LINUX)
@TestInstance(Lifecycle.PER_CLASS)
class GrpcFloodIT {
    private static final int MEGABYTE = 1 << 20;
    private static final String JVM = "-Xmx96m -XX:MaxDirectMemorySize=128m -XX:NativeMemoryTracking=summary";
    private static final Duration LASTS = Duration.ofMillis(2500);
    private static final int ATTACKERS = 3;
    private static final int WRITTEN = 256 << 10;

    /** On a machine with little else to do it is less than a second; all that takes part has its processors in common. */
    private static final Duration LOGIN = Duration.ofSeconds(4);

    /** What is alive on the heap; the garbage of a flood is not. */
    private static final int MORE_HEAP = 8 * MEGABYTE;

    /** Chunks of Netty's arenas, four of 4 MB for each event loop at most. */
    private static final int MORE_DIRECT = 48 * MEGABYTE;

    private static final int MORE_FILES = 8;
    private static final int MAX_CONNECTIONS = 200;
    private static final int STRANGERS = 10_000;
    private static final int STRANGERS_AT_ONCE = 500;

    /** From one address: those in their handshake, and those who wait for their turn. */
    private static final int STRANGERS_LET_IN = 8 + MAX_CONNECTIONS;

    private PostgresServer primary;
    private ServingProgram relay;
    private Receiving receiving;
    private int port;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        Path home = directory.resolve("relay");
        ServingProgram.initialize(
                home,
                false,
                "max_wal_senders = 100",
                "max_connections = " + MAX_CONNECTIONS,
                "authentication_timeout = 2s");
        ServingProgram.write(home.resolve("pg_hba.conf"), "host replication all 127.0.0.0/8 trust\n");
        primary = PostgresServer.start(Options.of(15));
        relay = ServingProgram.relay(
                WalcastProgram.walcast().withEnvironment("WALCAST_OPTS", JVM),
                home,
                0,
                primary.conninfo(""),
                "--serve",
                "grpc://127.0.0.1:0");
        port = relay.port("grpc");
        primary.await("SELECT count(*) = 1 FROM pg_stat_replication WHERE state = 'streaming'", PATIENCE);
        String conninfo = "grpc://%s@127.0.0.1:%d/".formatted(PostgresServer.USER, port);
        Path received = Files.createDirectories(directory.resolve("received"));
        receiving = Receiving.start(WalReceiverConfig.of(conninfo, received).withEnvironment(Map.of()));
        receiving.awaitFlush(WrittenWal.of(primary, 8 * MEGABYTE));
        logIn();
    }

    @AfterAll
    void stop() {
        receiving.close();
        relay.close();
        primary.close();
    }

    @ParameterizedTest
    @EnumSource(Flood.class)
    @Timeout(90)
    void harmsNobody(Flood flood) throws IOException {
        long pid = relay.running().pid();
        int retries = receiving.events().retries().size(); // of its beginning, on a busy machine
        Footprint before = Footprint.of(pid);
        Duration slowestLogin = Duration.ZERO;
        Duration slowestWal = Duration.ZERO;
        Footprint during;
        int connections;
        Map<String, Integer> ends;
        int rounds = 0;
        try (Attackers attackers = Attackers.start("127.0.0.2", port, flood, ATTACKERS)) {
            long endNs = System.nanoTime() + LASTS.toNanos();
            do {
                long beganNs = System.nanoTime();
                receiving.awaitFlush(WrittenWal.of(primary, WRITTEN));
                Duration wal = Duration.ofNanos(System.nanoTime() - beganNs);
                slowestWal = wal.compareTo(slowestWal) > 0 ? wal : slowestWal;
                Duration login = logIn();
                slowestLogin = login.compareTo(slowestLogin) > 0 ? login : slowestLogin;
                rounds++;
            } while (endNs - System.nanoTime() > 0);
            during = Footprint.of(pid);
            connections = attackers.connections();
            ends = attackers.ends();
        }
        await().atMost(PATIENCE).until(() -> Footprint.descriptors(pid) <= before.descriptors() + MORE_FILES);
        System.out.printf(
                "flood: %s: %d connections, %s; heap %d KB, %d KB; direct %d KB, %d KB; %d threads, %d; of %d rounds the"
                        + " slowest login took %d ms, the slowest WAL %d ms%n",
                flood,
                connections,
                ends,
                before.heapBytes() >> 10,
                during.heapBytes() >> 10,
                before.directBytes() >> 10,
                during.directBytes() >> 10,
                before.threads(),
                during.threads(),
                rounds,
                slowestLogin.toMillis(),
                slowestWal.toMillis());

        assertThat(receiving.events().retries()).as("of the honest receiver").hasSize(retries);
        assertThat(slowestLogin).as("a login meanwhile").isLessThan(LOGIN);
        assertThat(during.heapBytes()).as("heap").isLessThan(before.heapBytes() + MORE_HEAP);
        assertThat(during.directBytes()).as("direct memory").isLessThan(before.directBytes() + MORE_DIRECT);
        Lsn end = receiving.catchUpWith(primary);
        receiving.requireSameAs(primary, end);
    }

    @Test
    @Timeout(120)
    void tenThousandWhoNeverBeginKeepNobodyOut() throws IOException {
        long pid = relay.running().pid();
        int retries = receiving.events().retries().size();
        Footprint before = Footprint.of(pid);
        Footprint during = before;
        Duration slowestLogin = Duration.ZERO;
        int logins = 0;
        try (CrowdOfStrangers strangers = CrowdOfStrangers.atGrpc("127.0.0.2", port)) {
            while (strangers.all() < STRANGERS || strangers.left() > 0) {
                if (strangers.all() < STRANGERS) {
                    strangers.come(STRANGERS_AT_ONCE);
                }
                Duration login = logIn();
                slowestLogin = login.compareTo(slowestLogin) > 0 ? login : slowestLogin;
                receiving.awaitFlush(WrittenWal.of(primary, WRITTEN));
                logins++;
                assertThat(Footprint.descriptors(pid))
                        .isLessThanOrEqualTo(before.descriptors() + STRANGERS_LET_IN + MORE_FILES);
                during = strangers.all() == STRANGERS / 2 ? Footprint.of(pid) : during;
            }
        }
        System.out.printf(
                "strangers: %d; heap %d KB, %d KB; direct %d KB, %d KB; %d threads, %d; the slowest of %d logins took %d ms%n",
                STRANGERS,
                before.heapBytes() >> 10,
                during.heapBytes() >> 10,
                before.directBytes() >> 10,
                during.directBytes() >> 10,
                before.threads(),
                during.threads(),
                logins,
                slowestLogin.toMillis());

        assertThat(receiving.events().retries()).as("of the honest receiver").hasSize(retries);
        assertThat(slowestLogin).as("a login meanwhile").isLessThan(LOGIN);
        assertThat(during.heapBytes()).as("heap").isLessThan(before.heapBytes() + MORE_HEAP);
        assertThat(during.directBytes()).as("direct memory").isLessThan(before.directBytes() + MORE_DIRECT);
    }

    /** Logs in from an address that nobody else uses; returns how long that took, connect included. */
    private Duration logIn() throws IOException {
        long beganNs = System.nanoTime();
        InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try (RawClient client = RawClient.connect("127.0.0.3", server, 0)) {
            client.begin();
            int stream = client.call(RawClient.SESSION);
            client.message(stream, SessionBytes.begin(PostgresServer.USER, Map.of()));
            assertThat(client.nextMessage(stream, PATIENCE)).isEqualTo(SessionBytes.BEGUN);
            return Duration.ofNanos(System.nanoTime() - beganNs);
        }
    }
}
