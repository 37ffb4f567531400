// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.waldump;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Comparator;

/** The text of {@code walcast waldump --help}. */
final class WalDumpHelp {
    private static final int COLUMN = 23;

    private WalDumpHelp() {}

    static void print(PrintWriter out) {
        out.println(WalDump.COMMAND + " prints the records of the write-ahead log as text.");
        out.println();
        out.println("Usage:");
        out.println("  " + WalDump.COMMAND + " [OPTION]... [STARTSEG [ENDSEG]]");
        out.println();
        out.println("Options:");
        Arrays.stream(WalDumpOption.values())
                .sorted(Comparator.comparing(WalDumpOption::longName))
                .forEach(option -> out.println("  " + line(option.synopsis(), option.description())));
        out.println();
        out.println("Finished and unfinished (.partial) segments are read, also .gz, .lz4 and .zst, of");
        out.println("PostgreSQL 14 to 18. Without --path they are looked for in the directory of STARTSEG, or in");
        out.println("the current one, ./pg_wal and $PGDATA/pg_wal.");
        out.println();
        out.println("Exit codes:");
        out.println("  " + line("0", "done: --end, --limit or the end of the given segments was reached"));
        out.println("  " + line("1", "the WAL ended before that, or could not be read; the message says why"));
        out.println("  " + line("64", "the command line cannot be used"));
        out.println("  " + line("70", "an internal error: please report it"));
        out.flush();
    }

    private static String line(String left, String right) {
        return left + " ".repeat(Math.max(1, COLUMN - left.length())) + right;
    }
}
