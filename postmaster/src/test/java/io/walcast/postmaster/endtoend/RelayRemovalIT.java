// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.postmaster.ServingProgram;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Mode;
import io.walcast.testkit.postgres.PostgresServer.Options;
import io.walcast.testkit.postgres.WalFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A relay with {@code wal_removal = on} in front of a real standby, which is away for a while. */
@Timeout(150)
class RelayRemovalIT {
    private static final SegmentSize SIZE = new SegmentSize(SegmentSize.MIN_BYTES);
    private static final String SLOT = "standby";

    /** Longer than from one checkpoint to the next. */
    private static final Duration A_CHECKPOINT = Duration.ofSeconds(7);

    @TempDir
    private Path home;

    @ParameterizedTest
    @ValueSource(ints = {14, 18})
    void removesWhatIsNotNeededAndKeepsWhatTheSlotNeedsOverARestart(int major) {
        ServingProgram.initialize(
                home,
                false,
                "wal_removal = on",
                "wal_receiver_status_interval = 1s",
                "wal_retrieve_retry_interval = 100ms");
        try (PostgresServer primary = PostgresServer.start(Options.of(major).withWalSegmentSizeMb(1))) {
            primary.execute("CREATE TABLE t (n int)");
            ServingProgram relay = Relayed.relay(home, primary.port());
            int port = relay.port();
            try (PostgresServer standby = standby(primary, relay)) {
                Lsn first = oldest();
                fillAndAwait(primary, standby);
                awaitRemovedBefore(standby.flushLsn());
                assertThat(first).isLessThan(oldest());

                standby.stop(Mode.FAST);
                Lsn needed = oldest();
                fill(primary);
                awaitHeld(primary.flushLsn());
                requireKept(needed);

                relay.running().kill();
                relay.close();
                relay = Relayed.relay(home, port, primary.port());
                assertThat(relay.port()).isEqualTo(port);
                assertThat(Relayed.readyUpTo(relay)).isGreaterThanOrEqualTo(needed);
                fill(primary);
                requireKept(needed);

                standby.start();
                fillAndAwait(primary, standby);
                Relayed.requireSameWal(standby, primary, TimelineId.FIRST, standby.flushLsn());
                awaitRemovedBefore(standby.flushLsn());
                assertThat(WalFiles.compare(home.resolve("pg_wal"), primary, standby.flushLsn())
                                .differences())
                        .isEmpty();
                Relayed.requireNoComplaint(standby, "terminating walreceiver process due to administrator command");
                assertThat(relay.stop().exitCode()).isZero();
            } finally {
                relay.close();
            }
        }
    }

    private static PostgresServer standby(PostgresServer primary, ServingProgram relay) {
        Relayed.awaitRelay(primary);
        Relayed.createSlot(relay, SLOT);
        return PostgresServer.standbyOf(
                primary,
                Relayed.standby(primary.major(), Receiving.conninfo(relay.port()))
                        .withPrimarySlotName(SLOT));
    }

    /** Writes some segments of WAL. */
    private static void fill(PostgresServer primary) {
        primary.execute("INSERT INTO t SELECT generate_series(1, 60000)");
    }

    private static void fillAndAwait(PostgresServer primary, PostgresServer standby) {
        fill(primary);
        Relayed.awaitReplay(standby, primary.flushLsn());
    }

    private void awaitHeld(Lsn upto) {
        await().atMost(PATIENCE).until(() -> !newest().isBefore(SIZE.startOfSegment(upto)));
    }

    private void awaitRemovedBefore(Lsn lsn) {
        await().atMost(PATIENCE).until(() -> !oldest().isBefore(SIZE.startOfSegment(lsn)));
    }

    private void requireKept(Lsn needed) {
        await().during(A_CHECKPOINT)
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(oldest()).isEqualTo(needed));
    }

    private Lsn oldest() {
        return starts().min(Lsn::compareTo).orElseThrow();
    }

    private Lsn newest() {
        return starts().max(Lsn::compareTo).orElseThrow();
    }

    /** Returns where each segment that the relay has starts, the unfinished one too. */
    private Stream<Lsn> starts() {
        try (Stream<Path> files = Files.list(home.resolve("pg_wal"))) {
            return files
                    .map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.matches("[0-9A-F]{24}(\\.partial)?"))
                    .map(name -> SegmentName.parse(name.substring(0, 24), SIZE)
                            .orElseThrow()
                            .start(SIZE))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
