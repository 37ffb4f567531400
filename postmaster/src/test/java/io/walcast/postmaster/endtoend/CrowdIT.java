// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.postmaster.ServingProgram;
import io.walcast.postmaster.WalcastProgram;
import io.walcast.testkit.postgres.Load;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import io.walcast.testkit.postgres.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Three hundred receivers behind one relay, and what they cost; two that do not read, and two thousand strangers. */
@EnabledOnOs(OS.LINUX)
@Timeout(240)
class CrowdIT {
    private static final int RECEIVERS = 300;
    private static final int STRANGERS = 2_000;
    private static final int MEGABYTE = 1 << 20;
    private static final int PHASE_BYTES = 8 * MEGABYTE;
    private static final String JVM = "-Xmx96m -XX:MaxDirectMemorySize=64m -XX:NativeMemoryTracking=summary";

    /** The JVM's own come and go: those that compile, those that answer jcmd. */
    private static final int MORE_THREADS = 6;

    /** Besides the sockets of the receivers: segments of WAL. */
    private static final int MORE_FILES = 8;

    private static final int HEAP_PER_SESSION = 24 << 10;
    private static final int DIRECT_PER_SESSION = 16 << 10;
    private static final int DIRECT_OF_TWO_SLUGGISH = 4 * MEGABYTE;
    private static final int MAX_CONNECTIONS = 500;

    /** From one address: those in their handshake, and those who wait for their turn. */
    private static final int STRANGERS_LET_IN = 8 + MAX_CONNECTIONS;

    private static final int LOGINS_WHILE_THEY_COME = 50;
    private static final int ALLOCATED_PER_MESSAGE = 4096;
    private static final Duration LOGIN = Duration.ofSeconds(1);

    @TempDir
    private Path directory;

    @Test
    void costsNoThreadAndLittleMemoryEachAndNobodyHoldsUpOthers() throws IOException {
        ServingProgram.initialize(directory, false, "max_wal_senders = 400", "max_connections = " + MAX_CONNECTIONS);
        ServingProgram.write(directory.resolve("pg_hba.conf"), "host replication all 127.0.0.0/8 trust\n");
        try (PostgresServer primary = PostgresServer.start(Options.of(15));
                ServingProgram relay = ServingProgram.relay(program(), directory, 0, primary.conninfo(""))) {
            int port = relay.port();
            primary.await("SELECT count(*) = 1 FROM pg_stat_replication WHERE state = 'streaming'", PATIENCE);
            WrittenSegments written = new WrittenSegments(primary);
            Footprint before = warm(primary, relay, written);
            try (Load load = Load.start(
                            primary,
                            Load.Options.defaults().withCommitsPerSecond(50).withSynchronousCommit("local"));
                    CrowdOfReceivers crowd = CrowdOfReceivers.start(port, RECEIVERS, relayed(primary), written)) {
                await().atMost(PATIENCE).until(crowd::isComplete);
                live(primary, relay, crowd, before);
                assertThat(load.commits()).isPositive();
            }
            requireReleased(relay, before);
            assertThat(relay.stop().exitCode()).isZero();
        }
    }

    private static Tool program() {
        return WalcastProgram.walcast().withEnvironment("WALCAST_OPTS", JVM);
    }

    /** Returns the end of the primary's WAL, once the relay has all before it. */
    private static Lsn relayed(PostgresServer primary) {
        Lsn end = primary.flushLsn();
        primary.await("SELECT flush_lsn >= '" + end + "' FROM pg_stat_replication", PATIENCE);
        return end;
    }

    /** Has a few come and go, so that what the first one costs, once, is there. */
    private static Footprint warm(PostgresServer primary, ServingProgram relay, WrittenSegments written) {
        long pid = relay.running().pid();
        int files = Footprint.descriptors(pid);
        Lsn start = relayed(primary);
        try (CrowdOfReceivers few = CrowdOfReceivers.start(relay.port(), 4, start, written)) {
            await().atMost(PATIENCE).until(few::isComplete);
            Lsn end = WrittenWal.of(primary, MEGABYTE);
            await().atMost(PATIENCE).until(() -> few.have(end, 0));
            Footprint.allocatedByLoops(pid);
        }
        await().atMost(PATIENCE).until(() -> Footprint.descriptors(pid) <= files + MORE_FILES / 2);
        return Footprint.of(pid);
    }

    private static void live(PostgresServer primary, ServingProgram relay, CrowdOfReceivers crowd, Footprint before)
            throws IOException {
        long pid = relay.running().pid();
        Footprint with = Footprint.of(pid);
        long messages = crowd.messages();
        long allocated = Footprint.allocatedByLoops(pid);
        Duration alone = phase(primary, crowd, 0);
        messages = crowd.messages() - messages;
        allocated = Footprint.allocatedByLoops(pid) - allocated;

        crowd.makeTwoSluggish();
        Lsn stopped = primary.flushLsn();
        Duration withSluggish = phase(primary, crowd, 2);
        Footprint burdened = Footprint.of(pid);
        assertThat(crowd.positionOfFirst()).as("the dead one").isLessThanOrEqualTo(stopped);

        Siege siege = besieged(primary, relay, crowd);
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(relay.status().stdout()).contains("pg_stat_replication (" + RECEIVERS + " rows)"));
        crowd.makeAllLively();
        Lsn end = primary.flushLsn();
        await().atMost(PATIENCE).until(() -> crowd.have(end, 0));

        long heap = (with.heapBytes() - before.heapBytes()) / RECEIVERS;
        long direct = (with.directBytes() - before.directBytes()) / RECEIVERS;
        System.out.printf(
                "crowd: %d receivers: threads %d before, %d with; descriptors %d, %d; heap %d KB, %d KB, %.1f KB each;"
                        + " direct %d KB, %d KB, %.1f KB each, %d KB with two sluggish; resident %d MB, %d MB;"
                        + " %d MB each in %d ms, in %d ms with two sluggish; %d bytes allocated per message;"
                        + " %d strangers: the slowest of %d logins took %d ms%n",
                RECEIVERS,
                before.threads(),
                with.threads(),
                before.descriptors(),
                with.descriptors(),
                before.heapBytes() >> 10,
                with.heapBytes() >> 10,
                heap / 1024.0,
                before.directBytes() >> 10,
                with.directBytes() >> 10,
                direct / 1024.0,
                burdened.directBytes() >> 10,
                before.residentBytes() >> 20,
                burdened.residentBytes() >> 20,
                PHASE_BYTES >> 20,
                alone.toMillis(),
                withSluggish.toMillis(),
                allocated / messages,
                siege.strangers(),
                siege.logins(),
                siege.slowest().toMillis());

        assertThat(with.threads()).as("threads").isLessThanOrEqualTo(before.threads() + MORE_THREADS);
        assertThat(with.descriptors())
                .as("file descriptors")
                .isBetween(
                        before.descriptors() + RECEIVERS - MORE_FILES, before.descriptors() + RECEIVERS + MORE_FILES);
        assertThat(heap).as("heap of a session").isLessThanOrEqualTo(HEAP_PER_SESSION);
        assertThat(direct).as("direct memory of a session").isLessThanOrEqualTo(DIRECT_PER_SESSION);
        assertThat(burdened.directBytes() - with.directBytes())
                .as("direct memory for two that do not read")
                .isLessThanOrEqualTo(DIRECT_OF_TWO_SLUGGISH);
        assertThat(withSluggish)
                .as("with two that do not read")
                .isLessThan(alone.multipliedBy(3).plus(LOGIN.multipliedBy(3)));
        assertThat(allocated / messages).as("allocated per message").isLessThan(ALLOCATED_PER_MESSAGE);
        assertThat(siege.slowest())
                .as("a login while strangers are at the door")
                .isLessThan(LOGIN);
    }

    /** Writes WAL; returns how long it takes until all but the first {@code except} have it. */
    private static Duration phase(PostgresServer primary, CrowdOfReceivers crowd, int except) {
        long began = System.nanoTime();
        Lsn end = WrittenWal.of(primary, PHASE_BYTES);
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> crowd.have(end, except));
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** Logs in again and again while strangers keep coming, then until the last of them has been sent away. */
    private static Siege besieged(PostgresServer primary, ServingProgram relay, CrowdOfReceivers crowd)
            throws IOException {
        long pid = relay.running().pid();
        int port = relay.port();
        int files = Footprint.descriptors(pid);
        int threads = Footprint.threads(pid);
        Duration slowest = Duration.ZERO;
        int logins = 0;
        try (CrowdOfStrangers strangers = new CrowdOfStrangers("127.0.0.2", port)) {
            strangers.come(STRANGERS);
            Lsn end = WrittenWal.of(primary, MEGABYTE);
            do {
                if (logins < LOGINS_WHILE_THEY_COME) {
                    strangers.come(STRANGERS / LOGINS_WHILE_THEY_COME);
                }
                Duration took = HonestClient.logIn("127.0.0.3", port);
                slowest = took.compareTo(slowest) > 0 ? took : slowest;
                logins++;
                assertThat(Footprint.descriptors(pid)).isLessThanOrEqualTo(files + STRANGERS_LET_IN + MORE_FILES);
                assertThat(Footprint.threads(pid)).isLessThanOrEqualTo(threads + MORE_THREADS);
            } while (strangers.left() > 0 || logins < LOGINS_WHILE_THEY_COME || !crowd.have(end, 2));
            return new Siege(strangers.all(), logins, slowest);
        }
    }

    /** How many strangers came, how often somebody else logged in meanwhile, and how long that took at most. */
    private record Siege(int strangers, int logins, Duration slowest) {}

    private static void requireReleased(ServingProgram relay, Footprint before) {
        long pid = relay.running().pid();
        await().atMost(PATIENCE).until(() -> Footprint.descriptors(pid) <= before.descriptors() + MORE_FILES);
        await().atMost(PATIENCE).until(() -> Footprint.threads(pid) <= before.threads() + MORE_THREADS);
        Footprint after = Footprint.of(pid);
        assertThat(after.heapBytes()).as("heap").isLessThanOrEqualTo(before.heapBytes() + MEGABYTE);
        assertThat(after.directBytes())
                .as("direct memory")
                .isLessThanOrEqualTo(before.directBytes() + RECEIVERS * DIRECT_PER_SESSION);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(relay.status().requireSuccess().stdout())
                        .contains("pg_stat_wal_receiver (1 row)")
                        .doesNotContain("pg_stat_replication"));
    }
}
