// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import io.walcast.core.storage.ArchivedWal;
import io.walcast.core.storage.ArchivedWalOptions;
import io.walcast.core.storage.ServedPosition;
import io.walcast.core.storage.ServedSegment;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Mode;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code archive_command} of a real server leaves, across a promotion. */
@Timeout(300)
class ArchivedWalIT {
    private static final SegmentSize SIZE = new SegmentSize(1 << 20);
    private static final TimelineId SECOND = new TimelineId(2);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path temporary;

    private Path archive = Path.of("");
    private final List<String> warnings = new ArrayList<>();

    @BeforeEach
    void makeArchive() throws IOException {
        archive = Files.createTempDirectory("walcast-archive"); // the server, another user, writes to it
        Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    @AfterEach
    void removeArchive() throws IOException {
        try (var files = Files.list(archive)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(archive);
    }

    @ParameterizedTest
    @CsvSource({
        "14, cp %p ARCHIVE/%f",
        "16, cp %p ARCHIVE/%f.tmp && mv ARCHIVE/%f.tmp ARCHIVE/%f",
        "18, gzip < %p > ARCHIVE/%f.tmp && mv ARCHIVE/%f.tmp ARCHIVE/%f.gz"
    })
    void isFollowedAcrossAPromotion(int major, String command) throws IOException {
        Options options = Options.of(major)
                .withWalSegmentSizeMb(1)
                .withConfiguration("archive_mode", "on")
                .withConfiguration("archive_command", command.replace("ARCHIVE", archive.toString()));
        ArchivedWal served =
                ArchivedWal.open(archive, ArchivedWalOptions.of(temporary).withWarnings(warnings::add));
        try (PostgresServer primary = PostgresServer.start(options)) {
            primary.execute("CREATE TABLE t AS SELECT g, repeat('x', 500) FROM generate_series(1, 5000) g");
            Lsn end = SIZE.startOfSegment(primary.switchWal());
            await().atMost(LIMIT).until(() -> reaches(served, TimelineId.FIRST, end));
            assertThat(served.systemIdentifier()).isEqualTo(primary.systemIdentifier());
            assertThat(served.segmentSize()).isEqualTo(SIZE);
            assertThat(served.majorVersion()).isEqualTo(major);
            try (PostgresServer standby = PostgresServer.standbyOf(primary, options)) {
                primary.execute("INSERT INTO t SELECT g, repeat('y', 500) FROM generate_series(1, 3000) g");
                Lsn before = primary.currentWalLsn();
                standby.await("SELECT pg_last_wal_replay_lsn() >= '" + before + "'", LIMIT);
                // What the primary has not archived by then, nobody will.
                await().atMost(LIMIT).until(() -> reaches(served, TimelineId.FIRST, SIZE.startOfSegment(before)));
                primary.stop(Mode.IMMEDIATE);
                standby.promote();
                standby.execute("INSERT INTO t SELECT g, repeat('z', 500) FROM generate_series(1, 3000) g");
                Lsn last = SIZE.startOfSegment(standby.switchWal());
                await().atMost(LIMIT).until(() -> reaches(served, SECOND, last));

                byte[] history = served.history(SECOND).orElseThrow();
                TimelineHistory parsed = TimelineHistory.parse(SECOND, ByteBuffer.wrap(history));
                assertThat(parsed.switchPoint(TimelineId.FIRST)).isPresent();
                sameAsIn(standby, served, parsed, last);
            }
        }
        assertThat(warnings).isEmpty();
    }

    private static boolean reaches(ArchivedWal served, TimelineId timeline, Lsn end) {
        served.poll();
        ServedPosition position = served.position();
        return position != null
                && position.timeline().equals(timeline)
                && !position.flushedUpto().isBefore(end);
    }

    private static void sameAsIn(PostgresServer server, ArchivedWal served, TimelineHistory history, Lsn end)
            throws IOException {
        long oldest = served.oldestSegment().orElseThrow();
        Lsn fork = history.switchPoint(TimelineId.FIRST).orElseThrow();
        assertThat(oldest).isLessThan(SIZE.segmentNumber(fork));
        int compared = 0;
        for (long segment = oldest; segment < SIZE.segmentNumber(end); segment++) {
            TimelineId timeline = segment < SIZE.segmentNumber(fork) ? TimelineId.FIRST : SECOND;
            Path file = server.walDirectory().resolve(new SegmentName(timeline, segment).fileName(SIZE));
            ByteBuffer content = ByteBuffer.allocate(SIZE.bytes());
            try (ServedSegment open = served.open(timeline, segment)) {
                open.read(content, 0);
            }
            if (Files.exists(file)) {
                assertThat(content.array()).isEqualTo(Files.readAllBytes(file));
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(1);
    }
}
