// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal.rmgr;

import io.walcast.core.wal.WalVersion;

/**
 * A commit or an abort ({@code xl_xact_commit}, {@code xl_xact_abort}): the time, then what the flags say is there.
 *
 * <pre>
 * time int64 | [flags uint32] | [database uint32 | tablespace uint32] | [count | subtransaction uint32 *]
 *   | [count | relation 3 x uint32 *] | [count | statistics 12 or 16 bytes *] | [count | invalidation 16 bytes *]
 *   | [transaction uint32 | [global name, zero-terminated]] | [origin's LSN uint64 | origin's time int64]
 * </pre>
 */
final class TransactionEnd {
    private static final int HAS_INFO = 0x80;
    private static final int OPERATION = 0x70;
    private static final int COMMIT = 0x00;
    private static final int COMMIT_PREPARED = 0x30;

    private static final int HAS_DBINFO = 1;
    private static final int HAS_SUBXACTS = 1 << 1;
    private static final int HAS_RELATIONS = 1 << 2;
    private static final int HAS_INVALS = 1 << 3;
    private static final int HAS_TWOPHASE = 1 << 4;
    private static final int HAS_ORIGIN = 1 << 5;
    private static final int HAS_GID = 1 << 7;
    private static final int HAS_DROPPED_STATS = 1 << 8;
    private static final int APPLY_FEEDBACK = 1 << 29;
    private static final int UPDATE_RELCACHE_FILE = 1 << 30;
    private static final int FORCE_SYNC_COMMIT = 1 << 31;

    private final RecordFields record;
    private final StringBuilder out;
    private final int flags;
    private final boolean isCommit;
    private int at = Long.BYTES;

    TransactionEnd(RecordFields record, StringBuilder out) {
        this.record = record;
        this.out = out;
        int kind = record.record().kind();
        isCommit = (kind & OPERATION) == COMMIT || (kind & OPERATION) == COMMIT_PREPARED;
        flags = (kind & HAS_INFO) != 0 ? record.int32(take(Integer.BYTES)) : 0;
    }

    void append() {
        int database = takeIf(HAS_DBINFO, 8);
        int subtransactions = count(HAS_SUBXACTS);
        int subtransactionsAt = take(4 * subtransactions);
        int relations = count(HAS_RELATIONS);
        int relationsAt = take(12 * relations);
        DroppedStatistics statistics = new DroppedStatistics(record, 0, 0);
        if (record.version() != WalVersion.V14) {
            int count = count(HAS_DROPPED_STATS);
            statistics = new DroppedStatistics(record, take(DroppedStatistics.bytes(record.version()) * count), count);
        }
        int messages = isCommit ? count(HAS_INVALS) : 0;
        Invalidations invalidations = new Invalidations(record, take(Invalidations.BYTES * messages), messages);
        appendTwoPhase();
        out.append(record.time(0));
        TransactionRecords.appendRelations(record, "rels", relationsAt, relations, out);
        if (subtransactions > 0) {
            out.append("; subxacts:");
            TransactionRecords.appendTransactions(record, subtransactionsAt, subtransactions, out);
        }
        if (isCommit) {
            statistics.append("", out);
            boolean has = has(HAS_DBINFO);
            invalidations.appendInitFile(
                    has(UPDATE_RELCACHE_FILE),
                    has ? record.uint32(database) : 0,
                    has ? record.uint32(database + 4) : 0,
                    out);
            invalidations.append(out);
            out.append(has(APPLY_FEEDBACK) ? "; apply_feedback" : "");
            out.append(has(FORCE_SYNC_COMMIT) ? "; sync" : "");
        }
        appendOrigin();
        if (!isCommit) {
            statistics.append("", out);
        }
    }

    private void appendTwoPhase() {
        if (has(HAS_TWOPHASE)) {
            long transaction = record.uint32(take(Integer.BYTES));
            if (transaction != 0) {
                out.append(transaction).append(": ");
            }
            if (has(HAS_GID)) {
                while (record.isSet(at)) {
                    at++;
                }
                at++;
            }
        }
    }

    private void appendOrigin() {
        if (has(HAS_ORIGIN)) {
            out.append("; origin: node ").append(record.record().origin());
            out.append(", lsn ").append(record.lsn(at));
            out.append(", at ").append(record.time(at + 8));
        }
    }

    private boolean has(int flag) {
        return (flags & flag) != 0;
    }

    private int count(int flag) {
        return has(flag) ? record.int32(take(Integer.BYTES)) : 0;
    }

    private int takeIf(int flag, int bytes) {
        return take(has(flag) ? bytes : 0);
    }

    private int take(int bytes) {
        int taken = at;
        at += bytes;
        return taken;
    }
}
