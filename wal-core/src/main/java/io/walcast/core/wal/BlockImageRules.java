// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import org.jspecify.annotations.Nullable;

/**
 * What the bits of a block image's info byte ({@code BKPIMAGE_*}) mean, and which values go together.
 *
 * <pre>
 *            14                    15 and later
 * 0x01       HAS_HOLE              HAS_HOLE
 * 0x02       IS_COMPRESSED         APPLY
 * 0x04       APPLY                 COMPRESS_PGLZ
 * 0x08                             COMPRESS_LZ4
 * 0x10                             COMPRESS_ZSTD
 * </pre>
 */
enum BlockImageRules {
    UP_TO_14(0x02, "BKPIMAGE_IS_COMPRESSED"),
    FROM_15(0x04 | 0x08 | 0x10, "BKPIMAGE_COMPRESSED");

    private static final int BLOCK_BYTES = 8192;
    private static final int HAS_HOLE = 0x01;

    private final int compressed;
    private final String compressedName;

    BlockImageRules(int compressed, String compressedName) {
        this.compressed = compressed;
        this.compressedName = compressedName;
    }

    static BlockImageRules of(WalVersion version) {
        return version == WalVersion.V14 ? UP_TO_14 : FROM_15;
    }

    boolean hasHole(int info) {
        return (info & HAS_HOLE) != 0;
    }

    boolean isCompressed(int info) {
        return (info & compressed) != 0;
    }

    /** Returns the length of the hole when the record does not say it. */
    int holeLength(int info, int length) {
        return isCompressed(info) ? 0 : (BLOCK_BYTES - length) & 0xFFFF;
    }

    /** Returns what is wrong with {@code image}, in PostgreSQL's words, or null. */
    @Nullable
    String problemWith(BlockReference.Image image) {
        int length = image.length();
        boolean holeSaid = image.holeOffset() != 0 || image.holeLength() != 0;
        boolean whole = length == BLOCK_BYTES;
        if (hasHole(image.info())) {
            boolean outside = image.holeOffset() + image.holeLength() > BLOCK_BYTES;
            if (image.holeOffset() == 0 || image.holeLength() == 0 || whole || outside) {
                return "BKPIMAGE_HAS_HOLE set, but hole offset %d length %d block image length %d"
                        .formatted(image.holeOffset(), image.holeLength(), length);
            }
        } else if (holeSaid) {
            return "BKPIMAGE_HAS_HOLE not set, but hole offset %d length %d"
                    .formatted(image.holeOffset(), image.holeLength());
        }
        if (isCompressed(image.info())) {
            return whole ? "%s set, but block image length %d".formatted(compressedName, length) : null;
        }
        return hasHole(image.info()) || whole
                ? null
                : "neither BKPIMAGE_HAS_HOLE nor %s set, but block image length is %d"
                        .formatted(compressedName, length);
    }
}
