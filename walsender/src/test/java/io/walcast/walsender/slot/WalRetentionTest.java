// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.storage.ServedPosition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WalRetentionTest {
    private static final long MB = 1 << 20;

    @ParameterizedTest
    @CsvSource({
        // wal_keep_size, max_slot_wal_keep_size (MB), segment needed (0: none), oldest kept, with WAL up to segment 20
        "0, -1, 0, 20",
        "0, -1, 5, 5",
        "0, -1, 20, 20",
        "0, -1, 21, 20",
        "0, 3, 5, 17",
        "0, 3, 18, 18",
        "0, 0, 5, 20",
        "3, -1, 0, 17",
        "3, -1, 18, 17",
        "3, -1, 5, 5",
        "19, -1, 0, 1",
        "100, -1, 0, 1",
        "8, 3, 5, 12",
        "3, 8, 5, 12",
        "8, 3, 19, 12"
    })
    void keepsWhatPostgresKeeps(int keepMb, int slotMb, long needed, long oldest) {
        WalRetention retention = retention(keepMb, slotMb, 64, needed == 0 ? null : SlotFixture.at(needed), 0);

        assertThat(retention.oldestKept()).isEqualTo(oldest);
    }

    @ParameterizedTest
    @CsvSource({
        // segment of restart_lsn, last one removed, status; kept from segment 12, within max_wal_size from 15
        "20, 9, reserved",
        "15, 9, reserved",
        "14, 9, extended",
        "12, 9, extended",
        "11, 9, unreserved",
        "10, 9, unreserved",
        "9, 9, lost",
        "1, 9, lost"
    })
    void tellsTheStatusOfASlot(long segment, long lastRemoved, String status) {
        WalRetention retention = retention(0, 8, 4, SlotFixture.at(1), lastRemoved);

        assertThat(String.valueOf(retention.availability(SlotFixture.at(segment))))
                .isEqualToIgnoringCase(status);
    }

    @Test
    void tellsNoStatusOfASlotThatNeedsNothing() {
        assertThat(retention(0, -1, 64, null, 0).availability(Lsn.INVALID)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        // wal_keep_size, max_slot_wal_keep_size (MB), segment of restart_lsn, bytes that are safe beside the rest of
        // segment 20
        "0, -1, 15, ",
        "0, 8, 15, 4",
        "0, 8, 20, 9",
        "0, 8, 10, -1",
        "9, 3, 15, 5",
        "0, 0, 20, 1"
    })
    void tellsHowMuchIsSafe(int keepMb, int slotMb, long segment, @Nullable Long segments) {
        WalRetention retention = retention(keepMb, slotMb, 64, null, 0);

        Long expected = segments == null ? null : segments * MB - 0x123;
        assertThat(retention.safeWalSize(SlotFixture.at(segment))).isEqualTo(expected);
    }

    /** As PostgreSQL 18 shows it for a slot that was never used. */
    @Test
    void countsFromZeroForASlotThatNeverReserved() {
        WalExtent wal =
                new WalExtent(new ServedPosition(TimelineId.FIRST, new Lsn(4 * MB + 12583368)), SlotFixture.SIZE, 0);

        assertThat(new WalRetention(new WalKeepLimits(0, 3 * MB, 4 * MB), wal, Lsn.INVALID).safeWalSize(Lsn.INVALID))
                .isEqualTo(-12583368);
    }

    @Test
    void roundsSizesDownToSegments() {
        WalKeepLimits limits = new WalKeepLimits(3 * MB + 5, 8 * MB - 1, 0);

        assertThat(new WalRetention(limits, SlotFixture.wal(20), SlotFixture.at(1)).oldestKept())
                .isEqualTo(13);
        assertThat(new WalRetention(limits, SlotFixture.wal(20), Lsn.INVALID).oldestKept())
                .isEqualTo(17);
    }

    private static WalRetention retention(
            int keepMb, int slotMb, int maxWalMb, @Nullable Lsn needed, long lastRemoved) {
        WalExtent wal = SlotFixture.wal(20);
        return new WalRetention(
                new WalKeepLimits(keepMb * MB, slotMb < 0 ? -1 : slotMb * MB, maxWalMb * MB),
                new WalExtent(wal.end(), wal.segmentSize(), lastRemoved),
                needed == null ? Lsn.INVALID : needed);
    }
}
