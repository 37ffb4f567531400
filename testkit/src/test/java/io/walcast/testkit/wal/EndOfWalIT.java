// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.wal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.wal.EndOfWal;
import io.walcast.core.wal.WalVersion;
import io.walcast.core.wal.XLogReader;
import io.walcast.core.wal.XLogReaderOptions;
import io.walcast.core.wal.XLogRecord;
import io.walcast.testkit.RequiresTool;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Mode;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real WAL of every version, and {@code pg_waldump} as the judge of where that of 15 ends. */
@Timeout(300)
class EndOfWalIT {
    @ParameterizedTest
    @EnumSource(WalVersion.class)
    void readsEveryRecordOfEveryVersion(WalVersion version) throws IOException {
        try (PostgresServer server = RealWal.write(version.major(), 16)) {
            Lsn lastEnd = Lsn.INVALID;
            XLogReaderOptions options =
                    XLogReaderOptions.of(SegmentSize.DEFAULT).withTimeline(TimelineId.FIRST);
            try (WalFromFiles files = new WalFromFiles(server.walDirectory(), TimelineId.FIRST, SegmentSize.DEFAULT)) {
                XLogReader reader = new XLogReader(files, options);
                assertThat(reader.findNextRecord(SegmentSize.DEFAULT.start(1))).contains(Lsn.parse("0/1000028"));
                int records = 0;
                int images = 0;
                int longest = 0;
                for (XLogRecord record = reader.next(); record != null; record = reader.next()) {
                    records++;
                    images += (int) record.blocks().stream()
                            .filter(block -> block.image() != null)
                            .count();
                    longest = Math.max(longest, record.mainData().remaining());
                    lastEnd = record.end();
                }

                assertThat(reader.version()).isEqualTo(version);
                assertThat(reader.endOfWal().reason()).isEqualTo(EndOfWal.Reason.ZEROS);
                assertThat(reader.endOfWal().end()).isEqualTo(lastEnd);
                assertThat(records).isGreaterThan(20_000);
                assertThat(images).isGreaterThan(50);
                assertThat(longest).isGreaterThan(3_000_000);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16})
    @RequiresTool("pg_waldump")
    void findsTheRecordsAndTheEndThatPgWaldumpFinds(int segmentMb) throws IOException {
        SegmentSize size = new SegmentSize(segmentMb << 20);
        try (PostgresServer server = RealWal.write(15, segmentMb)) {
            Lsn start = size.start(1);
            assertThat(OurWaldump.of(server.walDirectory(), size, start))
                    .isEqualTo(PgWaldump.of(server.walDirectory(), start));
        }
    }

    @ParameterizedTest
    @EnumSource(WalVersion.class)
    void goesOnWhereAServerOverwroteTheRestOfARecord(WalVersion version) throws IOException {
        try (PostgresServer server = PostgresServer.start(Options.of(version.major()))) {
            Lsn torn = overwriteTheRestOfARecord(server);

            try (WalFromFiles files = new WalFromFiles(server.walDirectory(), TimelineId.FIRST, SegmentSize.DEFAULT)) {
                XLogReader reader = new XLogReader(files, XLogReaderOptions.of(SegmentSize.DEFAULT));
                reader.findNextRecord(SegmentSize.DEFAULT.start(1));
                Lsn last = reader.readToEnd().lastRecord();

                assertThat(reader.overwrittenRecord()).isBetween(new Lsn(torn.value() - 1_600_000), torn);
                assertThat(last).isGreaterThan(torn);
            }
        }
    }

    @Test
    @RequiresTool("pg_waldump")
    void goesOnWherePgWaldumpDoesAfterAnOverwrittenRecord() throws IOException {
        try (PostgresServer server = PostgresServer.start(Options.of(WalVersion.V15.major()))) {
            overwriteTheRestOfARecord(server);

            Lsn start = SegmentSize.DEFAULT.start(1);
            assertThat(OurWaldump.of(server.walDirectory(), SegmentSize.DEFAULT, start))
                    .isEqualTo(PgWaldump.of(server.walDirectory(), start));
        }
    }

    /** Has a server lose the end of a long record and go on, stops it, and returns where the record was torn. */
    private static Lsn overwriteTheRestOfARecord(PostgresServer server) throws IOException {
        server.execute("CHECKPOINT");
        String text = server.query("SELECT pg_logical_emit_message(true, 'walcast', repeat('m', 3000000))");
        Lsn torn = new Lsn(Lsn.parse(requireNonNull(text)).value() - 1_500_000 & -8192);
        server.stop(Mode.IMMEDIATE);
        loseFrom(torn, server.walDirectory());
        server.start();
        server.execute("CREATE TABLE after_the_loss ()");
        server.kill();
        return torn;
    }

    /** Zeroes the segment that has {@code torn} in it from there on, as if that had never reached the disk. */
    private static void loseFrom(Lsn torn, Path walDirectory) throws IOException {
        SegmentSize size = SegmentSize.DEFAULT;
        Path segment = walDirectory.resolve(
                SegmentName.containing(TimelineId.FIRST, torn, size).fileName(size));
        byte[] bytes = Files.readAllBytes(segment);
        Arrays.fill(bytes, size.offset(torn), bytes.length, (byte) 0);
        Files.write(segment, bytes);
    }
}
