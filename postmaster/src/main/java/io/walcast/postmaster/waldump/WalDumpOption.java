// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.waldump;

import io.walcast.postmaster.receivewal.Getopt;
import java.util.Arrays;
import java.util.List;

/** The options of {@code walcast waldump}: those of {@code pg_waldump} 15. */
enum WalDumpOption {
    BKP_DETAILS("bkp-details", 'b', "", "say more of the blocks, each on a line of its own"),
    BLOCK("block", 'B', "N", "with --relation: only records that change block N"),
    END("end", 'e', "RECPTR", "stop reading at this position"),
    FOLLOW("follow", 'f', "", "wait for more at the end of the WAL"),
    FORK("fork", 'F', "FORK", "only records that change blocks of a fork: main, fsm, vm or init"),
    FULLPAGE("fullpage", 'w', "", "only records with the image of a block"),
    HELP("help", '\0', "", "show this help, then exit (only as the first argument)"),
    LIMIT("limit", 'n', "N", "stop after N records"),
    PATH("path", 'p', "PATH", "directory with the WAL files, or with a pg_wal that has them"),
    QUIET("quiet", 'q', "", "print nothing but errors"),
    RELATION("relation", 'R', "T/D/R", "only records that change this tablespace/database/relation"),
    RMGR("rmgr", 'r', "RMGR", "only records of this resource manager (repeatable; \"list\" lists them)"),
    START("start", 's', "RECPTR", "start reading at this position"),
    TIMELINE("timeline", 't', "TLI", "the timeline to read (default: 1, or that of STARTSEG)"),
    XID("xid", 'x', "XID", "only records of this transaction"),
    VERSION("version", '\0', "", "show the version, then exit (only as the first argument)"),
    STATS("stats", 'z', "", "count records instead, by resource manager (--stats=record: by kind)");

    private final String longName;
    private final char shortName;
    private final String argument;
    private final String description;

    WalDumpOption(String longName, char shortName, String argument, String description) {
        this.longName = longName;
        this.shortName = shortName;
        this.argument = argument;
        this.description = description;
    }

    static Getopt<WalDumpOption> getopt(String argv0, List<String> arguments) {
        List<Getopt.Option<WalDumpOption>> table = Arrays.stream(values())
                .map(o -> new Getopt.Option<>(o, o.longName, o.shortName, !o.argument.isEmpty(), o == STATS))
                .toList();
        return new Getopt<>(argv0, table, arguments);
    }

    String longName() {
        return longName;
    }

    /** Returns how the option is written: {@code -e, --end=RECPTR}. */
    String synopsis() {
        String letter = switch (this) {
            case HELP -> "-?";
            case VERSION -> "-V";
            default -> "-" + shortName;
        };
        String value = this == STATS ? "[=record]" : argument.isEmpty() ? "" : "=" + argument;
        return letter + ", --" + longName + value;
    }

    String description() {
        return description;
    }
}
