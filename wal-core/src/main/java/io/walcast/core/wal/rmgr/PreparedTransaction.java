// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal.rmgr;

import io.walcast.core.wal.WalVersion;

/**
 * The state of a prepared transaction ({@code xl_xact_prepare}), every part at a multiple of 8.
 *
 * <pre>
 * magic 4 | length 4 | transaction 4 | database 4 | prepared at int64 | owner 4 | counts of: subtransactions 4, relations at
 * commit 4, at abort 4, [from 15 on: statistics at commit 4, at abort 4], invalidations 4 | init file 1 | length of name
 * uint16 | origin's LSN 8 | origin's time 8 | name | what was counted
 * </pre>
 */
final class PreparedTransaction {
    private static final int PREPARED_AT = 16;
    private static final int COUNTS = 28;

    private PreparedTransaction() {}

    static void append(RecordFields record, StringBuilder out) {
        boolean hasStatistics = record.version() != WalVersion.V14;
        int subtransactions = record.int32(COUNTS);
        int atCommit = record.int32(COUNTS + 4);
        int atAbort = record.int32(COUNTS + 8);
        int statisticsAtCommit = hasStatistics ? record.int32(COUNTS + 12) : 0;
        int statisticsAtAbort = hasStatistics ? record.int32(COUNTS + 16) : 0;
        int at = hasStatistics ? COUNTS + 20 : COUNTS + 12;
        int messages = record.int32(at);
        boolean initFile = record.isSet(at + 4);
        int nameBytes = record.uint16(at + 6);
        int originAt = at + 8;
        int nameAt = originAt + 16;

        int subtransactionsAt = nameAt + aligned(nameBytes);
        int commitAt = subtransactionsAt + aligned(4 * subtransactions);
        int abortAt = commitAt + aligned(12 * atCommit);
        int statisticsAt = abortAt + aligned(12 * atAbort);
        int itemBytes = DroppedStatistics.bytes(record.version());
        int abortStatisticsAt = statisticsAt + aligned(itemBytes * statisticsAtCommit);
        int messagesAt = abortStatisticsAt + aligned(itemBytes * statisticsAtAbort);

        out.append("gid ").append(record.text(nameAt, nameBytes)).append(": ").append(record.time(PREPARED_AT));
        TransactionRecords.appendRelations(record, "rels(commit)", commitAt, atCommit, out);
        TransactionRecords.appendRelations(record, "rels(abort)", abortAt, atAbort, out);
        new DroppedStatistics(record, statisticsAt, statisticsAtCommit).append("commit ", out);
        new DroppedStatistics(record, abortStatisticsAt, statisticsAtAbort).append("abort ", out);
        if (subtransactions > 0) {
            out.append("; subxacts:");
            TransactionRecords.appendTransactions(record, subtransactionsAt, subtransactions, out);
        }
        Invalidations invalidations = new Invalidations(record, messagesAt, messages);
        // The record does not say the tablespace.
        invalidations.appendInitFile(initFile, record.uint32(12), 0, out);
        invalidations.append(out);
        int origin = record.record().origin();
        if (origin != 0) {
            out.append("; origin: node ").append(origin).append(", lsn ").append(record.lsn(originAt));
            out.append(", at ").append(record.time(originAt + 8));
        }
    }

    private static int aligned(int bytes) {
        return bytes + 7 & ~7;
    }
}
