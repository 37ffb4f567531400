// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.waldump;

import io.walcast.core.Lsn;
import io.walcast.core.wal.WalVersion;
import io.walcast.core.wal.XLogRecord;
import io.walcast.core.wal.rmgr.BlockDescription;
import io.walcast.core.wal.rmgr.RecordDescription;
import io.walcast.core.wal.rmgr.ResourceManager;
import java.io.PrintWriter;
import java.util.Locale;

/** How many records there are of which kind, and how large. One owner thread. */
final class RecordStats {
    private static final int MANAGERS = 256;
    private static final int KINDS = 16;
    private static final int TRANSACTION_OPERATIONS = 0x07;

    private final Tally[] tallies = new Tally[MANAGERS * KINDS];
    private final Tally total = new Tally();
    private Lsn end = Lsn.INVALID;

    /** A row. */
    private static final class Tally {
        private long count;
        private long recordBytes;
        private long imageBytes;

        void add(long records, long bytes, long ofImages) {
            count += records;
            recordBytes += bytes;
            imageBytes += ofImages;
        }

        long bytes() {
            return recordBytes + imageBytes;
        }
    }

    RecordStats() {
        for (int i = 0; i < tallies.length; i++) {
            tallies[i] = new Tally();
        }
    }

    void add(XLogRecord record) {
        int manager = record.resourceManager();
        int kind = record.kind() >> 4;
        if (manager == ResourceManager.TRANSACTION.id()) {
            kind &= TRANSACTION_OPERATIONS;
        }
        int images = BlockDescription.imageBytes(record);
        int rest = record.totalLength() - images;
        tallies[manager * KINDS + kind].add(1, rest, images);
        total.add(1, rest, images);
        end = record.end();
    }

    /** Prints the table; nothing if no record was counted. */
    void print(Lsn start, WalVersion version, boolean byRecord, PrintWriter out) {
        if (end.equals(Lsn.INVALID)) {
            return;
        }
        out.print("WAL statistics between " + start + " and " + end + ":\n");
        String heading = "%-27s %20s %8s %20s %8s %20s %8s %20s %8s\n";
        out.printf(heading, "Type", "N", "(%)", "Record size", "(%)", "FPI size", "(%)", "Combined size", "(%)");
        out.printf(heading, "----", "-", "---", "-----------", "---", "--------", "---", "-------------", "---");
        for (int manager = 0; manager < MANAGERS; manager++) {
            if (byRecord) {
                printKinds(manager, version, out);
            } else {
                printManager(manager, out);
            }
        }
        out.printf(
                "%-27s %20s %8s %20s %8s %20s %8s %20s\n",
                "", "--------", "", "--------", "", "--------", "", "--------");
        out.printf(
                Locale.ROOT,
                "%-27s %20d %-9s%20d %-9s%20d %-9s%20d %-6s\n",
                "Total",
                total.count,
                "",
                total.recordBytes,
                "[%.02f%%]".formatted(percent(total.recordBytes, total.bytes())),
                total.imageBytes,
                "[%.02f%%]".formatted(percent(total.imageBytes, total.bytes())),
                total.bytes(),
                "[100%]");
    }

    private void printKinds(int manager, WalVersion version, PrintWriter out) {
        for (int kind = 0; kind < KINDS; kind++) {
            Tally tally = tallies[manager * KINDS + kind];
            if (tally.count > 0) {
                String operation = RecordDescription.operation(manager, kind << 4, version);
                print(ResourceManager.nameOf(manager) + "/" + operation, tally, out);
            }
        }
    }

    private void printManager(int manager, PrintWriter out) {
        Tally sum = new Tally();
        for (int kind = 0; kind < KINDS; kind++) {
            Tally tally = tallies[manager * KINDS + kind];
            sum.add(tally.count, tally.recordBytes, tally.imageBytes);
        }
        if (ResourceManager.isBuiltin(manager) || sum.count > 0) {
            print(ResourceManager.nameOf(manager), sum, out);
        }
    }

    private void print(String name, Tally tally, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%-27s %20d (%6.02f) %20d (%6.02f) %20d (%6.02f) %20d (%6.02f)\n",
                name,
                tally.count,
                percent(tally.count, total.count),
                tally.recordBytes,
                percent(tally.recordBytes, total.recordBytes),
                tally.imageBytes,
                percent(tally.imageBytes, total.imageBytes),
                tally.bytes(),
                percent(tally.bytes(), total.bytes()));
    }

    private static double percent(long part, long whole) {
        return whole == 0 ? 0 : 100.0 * part / whole;
    }
}
