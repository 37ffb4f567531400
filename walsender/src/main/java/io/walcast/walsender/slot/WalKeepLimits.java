// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

/**
 * How much WAL is kept, in bytes.
 *
 * @param walKeepSize {@code wal_keep_size}: kept for those who have no slot
 * @param maxSlotWalKeepSize {@code max_slot_wal_keep_size}: kept for slots at most; -1 for no limit
 * @param maxWalSize {@code max_wal_size}: up to there {@code wal_status} is {@code reserved}
 */
public record WalKeepLimits(long walKeepSize, long maxSlotWalKeepSize, long maxWalSize) {
    /** PostgreSQL's defaults: 0, no limit, 1 GB. */
    public static final WalKeepLimits DEFAULT = new WalKeepLimits(0, -1, 1L << 30);

    public WalKeepLimits {
        if (walKeepSize < 0 || maxSlotWalKeepSize < -1 || maxWalSize < 0) {
            throw new IllegalArgumentException(
                    "walKeepSize: %d, maxSlotWalKeepSize: %d, maxWalSize: %d (expected: 0 or more)"
                            .formatted(walKeepSize, maxSlotWalKeepSize, maxWalSize));
        }
    }
}
