// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.wal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.verify.TimelineReport;
import io.walcast.core.verify.VerifyOptions;
import io.walcast.core.verify.VerifyProgress;
import io.walcast.core.verify.WalReport;
import io.walcast.core.verify.WalVerifier;
import io.walcast.core.wal.WalVersion;
import io.walcast.core.wal.XLogPageHeader;
import io.walcast.core.wal.XLogReader;
import io.walcast.core.wal.XLogReaderOptions;
import io.walcast.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real WAL of every version is whole, and with any bit of it wrong it is not. */
@Timeout(300)
class VerifyRealWalIT {
    private static final SegmentSize SIZE = new SegmentSize(1 << 20);
    private static final int FLIPS = 60;
    private static final int AT_INFO = 2;
    private static final int BKP_REMOVABLE_BIT = 2;

    @ParameterizedTest
    @EnumSource
    void findsWhatServersWroteWholeAndEveryFlippedBitOfIt(WalVersion version) throws IOException {
        try (PostgresServer server = RealWal.write(version.major(), 1)) {
            Path wal = server.walDirectory();
            WalReport report = verify(wal);

            assertThat(report.isWhole()).describedAs("%s", report).isTrue();
            assertThat(report.version()).isEqualTo(version);
            TimelineReport timeline = report.timelines().get(0);
            try (WalFromFiles files = new WalFromFiles(wal, TimelineId.FIRST, SIZE)) {
                XLogReader reader = new XLogReader(files, XLogReaderOptions.of(SIZE));
                reader.beginRead(requireNonNull(timeline.start()));
                assertThat(reader.readToEnd()).isEqualTo(timeline.end());
            }
            flipBits(
                    wal,
                    requireNonNull(timeline.start()),
                    requireNonNull(timeline.end()).lastRecord());
            assertThat(verify(wal)).isEqualTo(report);
        }
    }

    private static void flipBits(Path wal, Lsn start, Lsn last) throws IOException {
        Random random = new Random(14);
        for (int i = 0; i < FLIPS; i++) {
            Lsn lsn = start.plus(random.nextInt((int) last.minus(start)));
            int bit = random.nextInt(Byte.SIZE);
            if (lsn.value() % XLogPageHeader.PAGE_BYTES == AT_INFO && bit == BKP_REMOVABLE_BIT) {
                continue; // either is right
            }
            flip(wal, lsn, bit);
            assertThat(verify(wal).isWhole())
                    .describedAs("bit %d of the byte at %s", bit, lsn)
                    .isFalse();
            flip(wal, lsn, bit);
        }
    }

    private static void flip(Path wal, Lsn lsn, int bit) throws IOException {
        Path file =
                wal.resolve(SegmentName.containing(TimelineId.FIRST, lsn, SIZE).fileName(SIZE));
        byte[] content = Files.readAllBytes(file);
        content[SIZE.offset(lsn)] ^= (byte) (1 << bit);
        Files.write(file, content);
    }

    private static WalReport verify(Path wal) {
        return WalVerifier.verify(wal, VerifyOptions.DEFAULT.withJobs(2), VerifyProgress.NONE);
    }
}
