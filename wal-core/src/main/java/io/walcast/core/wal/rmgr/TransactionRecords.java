// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal.rmgr;

import static io.walcast.core.wal.rmgr.ResourceManager.STANDBY;
import static io.walcast.core.wal.rmgr.ResourceManager.TRANSACTION;

/** The records of transactions ({@code xact.h}), and those for hot standbys ({@code standbydefs.h}). */
final class TransactionRecords {
    /** In the info byte of a commit or an abort: there is more than the time. */
    private static final int HAS_INFO = 0x80;

    private TransactionRecords() {}

    static void addTo(RecordKinds kinds) {
        Details end = (record, out) -> new TransactionEnd(record, out).append();
        for (int info = 0; info <= HAS_INFO; info += HAS_INFO) {
            kinds.add(TRANSACTION, info, "COMMIT", end);
            kinds.add(TRANSACTION, info | 0x10, "PREPARE", PreparedTransaction::append);
            kinds.add(TRANSACTION, info | 0x20, "ABORT", end);
            kinds.add(TRANSACTION, info | 0x30, "COMMIT_PREPARED", end);
            kinds.add(TRANSACTION, info | 0x40, "ABORT_PREPARED", end);
            kinds.add(TRANSACTION, info | 0x50, "ASSIGNMENT", TransactionRecords::assignment);
            kinds.add(
                    TRANSACTION,
                    info | 0x60,
                    "INVALIDATION",
                    (record, out) -> new Invalidations(record, 4, record.int32(0)).append(out));
        }
        kinds.add(STANDBY, 0x00, "LOCK", TransactionRecords::locks);
        kinds.add(STANDBY, 0x10, "RUNNING_XACTS", TransactionRecords::running);
        kinds.add(STANDBY, 0x20, "INVALIDATIONS", (record, out) -> {
            Invalidations messages = new Invalidations(record, 16, record.int32(12));
            messages.appendInitFile(record.isSet(8), record.uint32(0), record.uint32(4), out);
            messages.append(out);
        });
    }

    private static void assignment(RecordFields record, StringBuilder out) {
        out.append("xtop ").append(record.uint32(0)).append(": subxacts:");
        appendTransactions(record, 8, record.int32(4), out);
    }

    private static void locks(RecordFields record, StringBuilder out) {
        int count = record.int32(0);
        for (int i = 0; i < count; i++) {
            int at = 4 + 12 * i;
            out.append("xid ").append(record.uint32(at));
            out.append(" db ").append(record.uint32(at + 4));
            out.append(" rel ").append(record.uint32(at + 8)).append(' ');
        }
    }

    private static void running(RecordFields record, StringBuilder out) {
        out.append("nextXid ").append(record.uint32(12));
        out.append(" latestCompletedXid ").append(record.uint32(20));
        out.append(" oldestRunningXid ").append(record.uint32(16));
        int count = record.int32(0);
        if (count > 0) {
            out.append("; ").append(count).append(" xacts:");
            appendTransactions(record, 24, count, out);
        }
        out.append(record.isSet(8) ? "; subxid ovf" : "");
    }

    static void appendTransactions(RecordFields record, int at, int count, StringBuilder out) {
        for (int i = 0; i < count; i++) {
            out.append(' ').append(record.uint32(at + 4 * i));
        }
    }

    /** Appends the paths of {@code count} relations at {@code at}, if there are any. */
    static void appendRelations(RecordFields record, String label, int at, int count, StringBuilder out) {
        if (count > 0) {
            out.append("; ").append(label).append(':');
            for (int i = 0; i < count; i++) {
                out.append(' ').append(record.path(at + 12 * i, 0));
            }
        }
    }
}
