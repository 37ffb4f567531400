// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.endtoend.Receiving.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import io.walcast.testkit.postgres.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A primary that dies within a record of many segments. Its standby, promoted, takes the timeline back to before that
 * record, so receivers hold whole segments beyond the fork, which are no divergence.
 */
@Timeout(90)
class HalfRecordIT {
    private static final int MEGABYTE = 1 << 20;
    private static final int PAGE_ADDRESS = 8;
    private static final SegmentSize SEGMENT_SIZE = new SegmentSize(MEGABYTE);
    private static final String RECORD_OF_200_MB =
            "SELECT pg_logical_emit_message(false, 'walcast', repeat('walcast.', 25 * 1024 * 1024))";

    @TempDir
    private Path followed;

    @TempDir
    private Path joined;

    @ParameterizedTest(name = "PostgreSQL {0}")
    @ValueSource(ints = {14, 18})
    void isLeftBehindByThePromotedStandbyAndItsReceivers(int major) throws SQLException {
        // The standby's status updates wake the primary's walsender, which nothing else does within the record.
        Options often = Options.of(major).withConfiguration("wal_receiver_status_interval", "1s");
        try (PostgresServer primary = PostgresServer.start(Options.of(major).withWalSegmentSizeMb(1));
                PostgresServer standby = PostgresServer.standbyOf(primary, often);
                Receiving follower = Receiving.start(Receiving.config(standby, followed))) {
            try (Receiving away = Receiving.start(Receiving.config(standby, joined))) {
                Lsn before = WrittenWal.of(primary, 1);
                away.awaitFlush(before);
                follower.awaitFlush(before);
                stopWithinARecord(primary, before.plus(5 * MEGABYTE));
                away.awaitFlush(before.plus(3 * MEGABYTE));
                follower.awaitFlush(before.plus(3 * MEGABYTE));
                primary.kill();
            }
            Lsn held = follower.receiver().flushedUpto();
            standby.promote();
            // Until the new timeline has come further than the old one, so that a position tells which one it is on.
            Lsn end = WrittenWal.of(standby, (int) held.minus(standby.flushLsn()) + MEGABYTE);
            follower.awaitFlush(end);
            // The promoted standby has removed the segments beyond the fork.
            follower.requireSameAsIsLeftOf(standby, end);
            assertThat(follower.events().retries()).isEmpty();

            try (Receiving away = Receiving.start(Receiving.config(standby, joined))) {
                away.awaitFlush(end);

                away.requireSameAsIsLeftOf(standby, end);
                assertThat(away.events().retries()).isEmpty();
            }
        }
    }

    /** Has a session begin a long record, and stops its process when the record has come to {@code position}. */
    private static void stopWithinARecord(PostgresServer primary, Lsn position) throws SQLException {
        Connection session = primary.connect();
        String process = processOf(session);
        CompletableFuture<Void> record = CompletableFuture.runAsync(() -> emit(session));
        SegmentName segment = SegmentName.containing(TimelineId.FIRST, position, SEGMENT_SIZE);
        await().pollInterval(Duration.ofMillis(1)).atMost(PATIENCE).until(() -> hasBegun(segment, primary));
        Tool.require("kill").run(PATIENCE, "-STOP", process).requireSuccess();

        assertThat(record).isNotDone();
    }

    /** Returns whether the segment's first page is there; its file may be there sooner. */
    private static boolean hasBegun(SegmentName segment, PostgresServer primary) throws IOException {
        Path file = primary.walDirectory().resolve(segment.fileName(SEGMENT_SIZE));
        if (!Files.exists(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            ByteBuffer header = ByteBuffer.wrap(in.readNBytes(PAGE_ADDRESS + Long.BYTES));
            return header.order(ByteOrder.nativeOrder()).getLong(PAGE_ADDRESS)
                    == segment.start(SEGMENT_SIZE).value();
        }
    }

    private static String processOf(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getString(1);
        }
    }

    /** The session ends with its server, within the record. */
    private static void emit(Connection session) {
        try (session;
                Statement statement = session.createStatement()) {
            statement.execute(RECORD_OF_200_MB);
        } catch (SQLException e) {
            assertThat(e.getMessage()).contains("I/O error");
        }
    }
}
