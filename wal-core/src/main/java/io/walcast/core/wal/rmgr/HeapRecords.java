// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal.rmgr;

import static io.walcast.core.wal.rmgr.ResourceManager.HEAP;
import static io.walcast.core.wal.rmgr.ResourceManager.HEAP2;

import io.walcast.core.wal.WalVersion;

/** The records of tables ({@code heapam_xlog.h}). */
final class HeapRecords {
    private static final int INIT_PAGE = 0x80;

    private HeapRecords() {}

    static void addTo(RecordKinds kinds) {
        addWithInit(kinds, HEAP, 0x00, "INSERT", new Template("off {u2@0} flags 0x{x1@2}"));
        kinds.add(HEAP, 0x10, "DELETE", withBits("off {u2@4} flags 0x{x1@7} ", 6));
        Details update = HeapRecords::update;
        addWithInit(kinds, HEAP, 0x20, "UPDATE", update);
        kinds.add(HEAP, 0x30, "TRUNCATE", HeapRecords::truncate);
        addWithInit(kinds, HEAP, 0x40, "HOT_UPDATE", update);
        kinds.add(HEAP, 0x50, "HEAP_CONFIRM", "off {u2@0}");
        kinds.add(HEAP, 0x60, "LOCK", withBits("off {u2@4}: xid {u4@0}: flags 0x{x1@7} ", 6));
        kinds.add(HEAP, 0x70, "INPLACE", "off {u2@0}");

        kinds.add(HEAP2, 0x00, "REWRITE", "");
        addCleaning(kinds);
        kinds.add(HEAP2, 0x40, "VISIBLE", "cutoff xid {u4@0} flags 0x{x1@4}");
        addWithInit(kinds, HEAP2, 0x50, "MULTI_INSERT", new Template("{u2@2} tuples flags 0x{x1@0}"));
        kinds.add(HEAP2, 0x60, "LOCK_UPDATED", withBits("off {u2@4}: xmax {u4@0}: flags 0x{x1@7} ", 6));
        kinds.add(HEAP2, 0x70, "NEW_CID", HeapRecords::newCommandId);
    }

    private static void addWithInit(
            RecordKinds kinds, ResourceManager manager, int kind, String operation, Details details) {
        kinds.add(manager, kind, operation, details);
        kinds.add(manager, kind | INIT_PAGE, operation + "+INIT", details);
    }

    private static void addCleaning(RecordKinds kinds) {
        if (kinds.isFrom(WalVersion.V17)) {
            kinds.add(HEAP2, 0x10, "PRUNE_ON_ACCESS", PruneRecord::append);
            kinds.add(HEAP2, 0x20, "PRUNE_VACUUM_SCAN", PruneRecord::append);
            kinds.add(HEAP2, 0x30, "PRUNE_VACUUM_CLEANUP", PruneRecord::append);
            return;
        }
        kinds.add(HEAP2, 0x10, "PRUNE", "latestRemovedXid {u4@0} nredirected {u2@4} ndead {u2@6}");
        kinds.add(HEAP2, 0x20, "VACUUM", "nunused {u2@0}");
        // From 16 on, tuples that are frozen alike share a plan.
        String counted = kinds.isFrom(WalVersion.V16) ? "nplans" : "ntuples";
        kinds.add(HEAP2, 0x30, "FREEZE_PAGE", "cutoff xid {u4@0} " + counted + " {u2@4}");
    }

    private static Details withBits(String template, int bitsAt) {
        Template text = new Template(template);
        return (record, out) -> {
            text.append(record, out);
            appendBits(record.uint8(bitsAt), out);
        };
    }

    private static void update(RecordFields record, StringBuilder out) {
        out.append("off ").append(record.uint16(4)).append(" xmax ").append(record.uint32(0));
        out.append(" flags 0x").append("%02X".formatted(record.uint8(7))).append(' ');
        appendBits(record.uint8(6), out);
        out.append("; new off ").append(record.uint16(12)).append(" xmax ").append(record.uint32(8));
    }

    private static void truncate(RecordFields record, StringBuilder out) {
        int flags = record.uint8(8);
        out.append((flags & 1) != 0 ? "cascade " : "").append((flags & 2) != 0 ? "restart_seqs " : "");
        int count = record.int32(4);
        out.append("nrelids ").append(Integer.toUnsignedString(count)).append(" relids");
        for (int i = 0; i < count; i++) {
            out.append(' ').append(record.uint32(12 + 4 * i));
        }
    }

    private static void newCommandId(RecordFields record, StringBuilder out) {
        out.append("rel ").append(record.relation(16));
        out.append("; tid ").append(record.blockId(28)).append('/').append(record.uint16(32));
        out.append("; cmin: ").append(record.uint32(4)).append(", cmax: ").append(record.uint32(8));
        out.append(", combo: ").append(record.uint32(12));
    }

    private static void appendBits(int bits, StringBuilder out) {
        out.append((bits & 0x01) != 0 ? "IS_MULTI " : "");
        out.append((bits & 0x02) != 0 ? "LOCK_ONLY " : "");
        out.append((bits & 0x04) != 0 ? "EXCL_LOCK " : "");
        out.append((bits & 0x08) != 0 ? "KEYSHR_LOCK " : "");
        out.append((bits & 0x10) != 0 ? "KEYS_UPDATED " : "");
    }
}
