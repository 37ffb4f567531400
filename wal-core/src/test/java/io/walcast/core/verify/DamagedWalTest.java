// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.wal.EndOfWal;
import io.walcast.core.wal.WalBuilder;
import io.walcast.core.wal.WalVersion;
import io.walcast.core.wal.XLogReader;
import io.walcast.core.wal.XLogReaderOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random damage: all of it is found, by one thread or several, and the end is where start-up finds it. */
class DamagedWalTest {
    private static final int FLIPS = Integer.getInteger("walcast.flips", 300);
    private static final int DAMAGES = Integer.getInteger("walcast.damages", 300);
    private static final int SEGMENTS = 3;
    private static final int PAGE_BYTES = 8192;

    @TempDir
    private Path directory;

    private StoredWal stored;
    private byte[] whole;
    private Lsn end;

    @BeforeEach
    void store() {
        stored = new StoredWal(directory);
        WalBuilder wal = new WalBuilder(WalVersion.V18);
        StoredWal.fill(wal, WalBuilder.SIZE.start(SEGMENTS).plus(200_000), 11);
        end = wal.position();
        whole = new byte[SEGMENTS * StoredWal.SEGMENT_BYTES];
        wal.at(WalBuilder.START).get(whole);
        stored.write(wal, TimelineId.FIRST, 1, SEGMENTS, ".partial");
    }

    @Test
    void findsEveryFlippedBit() {
        Random random = new Random(12);
        // The last record is not among them: damaged, it is the end of WAL.
        int limit = (int) end.minus(WalBuilder.START) - 45_000;
        for (int i = 0; i < FLIPS; i++) {
            int at = i % 3 == 0
                    ? random.nextInt(limit / PAGE_BYTES) * PAGE_BYTES + random.nextInt(48)
                    : random.nextInt(limit);
            int bit = random.nextInt(8);
            if (at % PAGE_BYTES == 2 && bit == 2) {
                continue; // BKP_REMOVABLE: either is right
            }
            String name = fileOf(at);
            stored.flipBit(name, at % StoredWal.SEGMENT_BYTES, bit);
            assertThat(stored.verify().isWhole())
                    .describedAs("bit %d of byte %s", bit, WalBuilder.START.plus(at))
                    .isFalse();
            stored.flipBit(name, at % StoredWal.SEGMENT_BYTES, bit);
        }
        assertThat(stored.verify().isWhole()).isTrue();
    }

    @Test
    void findsTheSameInParallelAndTheEndWhereStartUpFindsIt() {
        Random random = new Random(13);
        for (int i = 0; i < DAMAGES; i++) {
            byte[] damaged = damage(whole.clone(), random);
            for (int segment = 0; segment < SEGMENTS; segment++) {
                int from = segment * StoredWal.SEGMENT_BYTES;
                stored.write(fileOf(from), Arrays.copyOfRange(damaged, from, from + StoredWal.SEGMENT_BYTES));
            }

            WalReport serial = stored.verify();
            EndOfWal expected = endAtStartUp(damaged);

            assertThat(stored.verify(VerifyOptions.DEFAULT.withJobs(4)))
                    .describedAs("damage %d", i)
                    .isEqualTo(serial);
            assertThat(serial.timelines().get(0).end())
                    .describedAs("damage %d", i)
                    .isEqualTo(expected);
        }
    }

    /** Reads as a receiver does that starts: from the newest segment whose first page leads to a record. */
    private static @Nullable EndOfWal endAtStartUp(byte[] wal) {
        for (int segment = SEGMENTS; segment > 0; segment--) {
            XLogReader reader = new XLogReader(StoredWal.source(wal, 1), XLogReaderOptions.of(WalBuilder.SIZE));
            if (reader.findNextRecord(WalBuilder.SIZE.start(segment)).isPresent()) {
                return reader.readToEnd();
            }
        }
        return null;
    }

    private static byte[] damage(byte[] wal, Random random) {
        int places = 1 + random.nextInt(3);
        for (int i = 0; i < places; i++) {
            int at = random.nextInt(wal.length - 10_000);
            switch (random.nextInt(6)) {
                case 0 -> wal[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> wal[at] = (byte) random.nextInt();
                case 2 -> Arrays.fill(wal, at, at + 1 + random.nextInt(10_000), (byte) 0);
                case 3 -> wal[at / PAGE_BYTES * PAGE_BYTES + random.nextInt(24)] ^= (byte) (1 << random.nextInt(8));
                case 4 ->
                    Arrays.fill(wal, at / PAGE_BYTES * PAGE_BYTES, at / PAGE_BYTES * PAGE_BYTES + PAGE_BYTES, (byte) 0);
                default -> {
                    byte[] garbage = new byte[1 + random.nextInt(600)];
                    random.nextBytes(garbage);
                    System.arraycopy(garbage, 0, wal, at, garbage.length);
                }
            }
        }
        return wal;
    }

    private static String fileOf(int at) {
        int number = 1 + at / StoredWal.SEGMENT_BYTES;
        return StoredWal.name(number) + (number == SEGMENTS ? ".partial" : "");
    }
}
