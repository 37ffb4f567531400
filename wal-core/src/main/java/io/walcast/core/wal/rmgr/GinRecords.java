// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal.rmgr;

import static io.walcast.core.wal.rmgr.ResourceManager.GIN;

import io.walcast.core.wal.BlockReference;
import io.walcast.core.wal.WalVersion;

/** The records of GIN indexes ({@code ginxlog.h}). */
final class GinRecords {
    private static final int IS_DATA = 0x01;
    private static final int IS_LEAF = 0x02;

    private GinRecords() {}

    static void addTo(RecordKinds kinds) {
        kinds.add(GIN, 0x10, "CREATE_PTREE", "");
        kinds.add(GIN, 0x20, "INSERT", GinRecords::insert);
        kinds.add(GIN, 0x30, "SPLIT", "isrootsplit: {tf&4@24} isdata: {tf&1@24} isleaf: {tf&2@24}");
        kinds.add(GIN, 0x40, "VACUUM_PAGE", "");
        kinds.add(GIN, 0x50, "DELETE_PAGE", "");
        kinds.add(GIN, 0x60, "UPDATE_META_PAGE", "");
        kinds.add(GIN, 0x70, "INSERT_LISTPAGE", "");
        kinds.add(GIN, 0x80, "DELETE_LISTPAGE", "ndeleted: {d4@56}");
        kinds.add(GIN, 0x90, "VACUUM_DATA_LEAF_PAGE", (record, out) -> {
            RecordFields block = record.ofBlock(0);
            if (!appendImage(record, out) && block != null) {
                appendSegments(block, out);
            }
        });
    }

    private static void insert(RecordFields record, StringBuilder out) {
        int flags = record.uint16(0);
        boolean isData = (flags & IS_DATA) != 0;
        boolean isLeaf = (flags & IS_LEAF) != 0;
        out.append("isdata: ").append(isData ? 'T' : 'F');
        out.append(" isleaf: ").append(isLeaf ? 'T' : 'F');
        if (!isLeaf) {
            out.append(" children: ").append(record.blockId(2)).append('/').append(record.blockId(6));
        }
        RecordFields block = record.ofBlock(0);
        if (appendImage(record, out) || block == null) {
            return;
        }
        if (!isData) {
            out.append(" isdelete: ").append(block.isSet(2) ? 'T' : 'F');
        } else if (isLeaf) {
            appendSegments(block, out);
        } else {
            out.append(" pitem: ").append(block.blockId(2)).append('-').append(block.blockId(6));
            out.append('/').append(block.uint16(10));
        }
    }

    /** Says whether the page came whole, and returns that. */
    private static boolean appendImage(RecordFields record, StringBuilder out) {
        BlockReference block = record.block(0);
        BlockReference.Image image = block == null ? null : block.image();
        if (image == null) {
            return false;
        }
        boolean applied = (image.info() & (record.version() == WalVersion.V14 ? 0x04 : 0x02)) != 0;
        out.append(applied ? " (full page image)" : " (full page image, for WAL verification)");
        return true;
    }

    private static void appendSegments(RecordFields block, StringBuilder out) {
        int count = block.uint16(0);
        out.append(' ').append(count).append(" segments:");
        int at = 2;
        for (int i = 0; i < count; i++) {
            int action = block.uint8(at + 1);
            out.append(' ').append(block.uint8(at));
            at += 2;
            switch (action) {
                case 1 -> out.append(" (delete)");
                case 2, 3 -> {
                    out.append(action == 2 ? " (insert)" : " (replace)");
                    at += 8 + (block.uint16(at + 6) + 1 & ~1);
                }
                case 4 -> {
                    int items = block.uint16(at);
                    out.append(" (add ").append(items).append(" items)");
                    at += 2 + 6 * items;
                }
                default -> {
                    out.append(" unknown action ").append(action).append(" ???");
                    return;
                }
            }
        }
    }
}
