// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.StorageException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bytes with random damage end in one of the answers there are, and soon. */
@Timeout(60)
class HostileBytesTest {
    private static final int ROUNDS = 3_000;
    private static final byte[] EXTREMES = {0, 1, -1, Byte.MAX_VALUE, Byte.MIN_VALUE, 32, (byte) 252, (byte) 253};

    private final Random random = new Random(20_261_120);

    @Test
    void damagedWalEnds() {
        WalBuilder wal = new WalBuilder(WalVersion.V16);
        for (int i = 0; i < 60; i++) {
            wal.noop(40 + random.nextInt(3000));
        }
        wal.abandon(20_000);
        wal.noop(400);
        wal.segmentSwitch();
        Lsn end = wal.noop(100);
        int bytes = 40 * XLogPageHeader.PAGE_BYTES;

        for (int i = 0; i < ROUNDS; i++) {
            int at = random.nextInt(bytes) & -4;
            int sound = wal.at(WalBuilder.START).getInt(at);
            damage(wal.at(WalBuilder.START), at, 4);
            XLogReaderOptions options =
                    random.nextBoolean() ? wal.options() : wal.options().withTimeline(TimelineId.FIRST);
            XLogReader reader = new XLogReader(wal, options);
            if (random.nextBoolean()) {
                reader.beginRead(WalBuilder.START.plus(random.nextInt(bytes)));
            } else {
                reader.findNextRecord(WalBuilder.START.plus(random.nextInt(bytes)));
            }

            assertThat(reader.readToEnd().lastRecord()).isLessThanOrEqualTo(end);

            wal.at(WalBuilder.START).putInt(at, sound);
        }
    }

    @Test
    void damagedStreamsPassOrAreRefused() {
        WalBuilder wal = new WalBuilder(WalVersion.V14);
        wal.noop(200_000);
        int bytes = 200_000;
        for (int i = 0; i < ROUNDS; i++) {
            ByteBuffer damaged =
                    ByteBuffer.allocate(bytes).put(wal.at(WalBuilder.START).limit(bytes));
            damage(damaged, (random.nextInt(bytes) & -XLogPageHeader.PAGE_BYTES) + random.nextInt(40), 3);
            StreamPageCheck check = new StreamPageCheck(TimelineId.FIRST, WalBuilder.SIZE, WalBuilder.SYSTEM);
            int piece = 1 + random.nextInt(30_000);
            try {
                for (int at = 0; at < bytes; at += piece) {
                    damaged.limit(Math.min(bytes, at + piece)).position(at);
                    check.check(WalBuilder.START.plus(at), damaged);
                }
            } catch (RefusedException e) {
                assertThat(e).hasMessageContaining(" at 0/1");
            }
        }
    }

    @Test
    void damagedHistoriesAreReadOrRefused() {
        byte[] sound = "# comment\n1\t0/3000000\tbefore 2020-01-01 00:00:00+00\n\n2\t0/5000000\tx\n"
                .getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < ROUNDS; i++) {
            ByteBuffer damaged = ByteBuffer.wrap(sound.clone());
            damage(damaged, random.nextInt(sound.length - 2), 2);
            try {
                assertThat(TimelineHistory.parse(TimelineId.of(3), damaged).entries())
                        .isNotEmpty();
            } catch (StorageException e) {
                assertThat(e).hasMessageContaining("00000003.history");
            }
        }
    }

    private void damage(ByteBuffer bytes, int at, int count) {
        for (int i = at; i < Math.min(at + count, bytes.capacity()); i++) {
            boolean extreme = random.nextBoolean();
            bytes.put(i, extreme ? EXTREMES[random.nextInt(EXTREMES.length)] : (byte) random.nextInt());
        }
    }
}
