// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.endtoend.Receiving.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.testkit.net.MisbehavingProxy;
import io.walcast.testkit.net.ReplicationTap;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class FullDiskIT {
    /** How long the disk stays full: longer than the server waits for a sign of life. */
    private static final Duration PAUSE = Duration.ofSeconds(Integer.getInteger("walcast.fullDiskSeconds", 12));

    private static final int MEGABYTE = 1 << 20;
    private static final int DISK_MEGABYTES = 5;

    @TempDir
    private Path mountPoint;

    @TempDir
    private Path archive;

    @Test
    void pausesTheReceiverWhichGoesOnAtTheSamePosition() {
        ReplicationTap tap = new ReplicationTap();
        try (TinyDisk disk = TinyDisk.mount(mountPoint, DISK_MEGABYTES);
                PostgresServer server = PostgresServer.start(
                        Options.of(18).withWalSegmentSizeMb(1).withConfiguration("wal_sender_timeout", "5s"));
                MisbehavingProxy proxy = MisbehavingProxy.to(server.port(), tap);
                Receiving receiving = Receiving.start(
                        Receiving.config(proxy.port(), disk.directory()).withStatusInterval(Duration.ofMillis(200)))) {
            receiving.catchUpWith(server);
            Lsn end = WrittenWal.of(server, 2 * DISK_MEGABYTES * MEGABYTE);
            await().atMost(PATIENCE).until(() -> receiving.events().diskFull().contains(true));
            Lsn reached = receiving.receiver().status().written();
            int statuses = tap.statuses().size();
            await().during(PAUSE)
                    .atMost(PAUSE.plus(PATIENCE))
                    .until(() -> Objects.equals(receiving.receiver().status().written(), reached)
                            && receiving.receiver().flushedUpto().equals(reached)
                            && proxy.accepted() == 1);
            assertThat(tap.statuses()).as("statuses go on").hasSizeGreaterThan(statuses + 10);
            assertThat(tap.maxFlush()).isLessThanOrEqualTo(reached);

            await().atMost(PATIENCE).until(() -> {
                moveFinishedSegments(disk.directory());
                return !receiving.receiver().flushedUpto().isBefore(end);
            });

            assertThat(receiving.events().diskFull()).endsWith(false);
            assertThat(receiving.events().streams()).hasSize(1);
            assertThat(proxy.accepted()).isEqualTo(1);
            receiving.stop();
            moveAll(disk.directory());
            assertThat(Receiving.requireSame(archive, server, end).segments()).isGreaterThan(2 * DISK_MEGABYTES);
        }
    }

    /** What an archiver does: finished segments may be taken away from under the receiver. */
    private void moveFinishedSegments(Path directory) {
        move(directory, "[0-9A-F]{24}");
    }

    private void moveAll(Path directory) {
        move(directory, "[0-9A-F]{24}(\\.partial)?");
    }

    private void move(Path directory, String names) {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> found = files.filter(
                            file -> file.getFileName().toString().matches(names))
                    .toList();
            for (Path file : found) {
                Files.move(file, archive.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
