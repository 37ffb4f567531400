// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A block that a record changes ({@code DecodedBkpBlock}).
 *
 * @param id 0 to 32, rising within a record
 * @param flags the fork in the lower four bits, {@code BKPBLOCK_*} above
 * @param relation which relation
 * @param blockNumber which block of the fork, to be read as unsigned
 * @param image the block's image, or null if the record has none
 * @param dataOffset where the block's data begins, counted from the end of the record's headers
 * @param dataLength bytes of data, 0 for none
 */
public record BlockReference(
        int id,
        int flags,
        RelFileLocator relation,
        int blockNumber,
        @Nullable Image image,
        int dataOffset,
        int dataLength) {

    static final int FORK_MASK = 0x0F;
    static final int HAS_IMAGE = 0x10;
    static final int HAS_DATA = 0x20;
    static final int SAME_REL = 0x80;

    public BlockReference {
        requireNonNull(relation, "relation");
    }

    /** Returns the fork: 0 main, 1 free space map, 2 visibility map, 3 init. */
    public int fork() {
        return flags & FORK_MASK;
    }

    /**
     * A whole block, without the unused hole in its middle, perhaps compressed.
     *
     * @param offset where it begins, counted from the end of the record's headers
     * @param length bytes of it in the record
     * @param holeOffset where the hole begins in the block
     * @param holeLength bytes left out
     * @param info {@code BKPIMAGE_*}; the bits mean one thing in 14, another from 15 on
     */
    public record Image(int offset, int length, int holeOffset, int holeLength, int info) {}
}
