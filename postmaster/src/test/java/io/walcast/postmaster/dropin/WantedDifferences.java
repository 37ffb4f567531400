// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.dropin;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All that our program does otherwise than {@code pg_receivewal} of PostgreSQL 15, each with the reason. One that no scenario needs is an
 * error.
 *
 * <p>Threading: one owner thread.
 */
final class WantedDifferences {
    private static final String NOT_RENAMING =
            "stderr pg_receivewal: not renaming \"<timeline 1 segment 0>.partial\", segment is not complete";

    private static final List<Wanted> ALL = List.of(
            new Wanted(
                    ".*",
                    "(?<=query SHOW wal_segment_size\n)query IDENTIFY_SYSTEM\n(query READ_[^\n]*\n)?(query IDENTIFY_SYSTEM\n)?",
                    "$1",
                    "a server is identified once on a connection: it does not become another one"),
            new Wanted(
                    ".*slot.*",
                    "(?<=READ_REPLICATION_SLOT )(\\w+)",
                    "\"$1\"",
                    "as pg_receivewal of PostgreSQL 16 and newer"),
            new Wanted(
                    "startup parameters",
                    "\\A([\\s\\S]*?)database=replication",
                    "$1database=postgres",
                    "a dbname in the connection string is sent, as by pg_receivewal of PostgreSQL 17 and newer"),
            new Wanted(
                    ".*SIGTERM.*",
                    "exit code 143",
                    "exit code 0\n" + NOT_RENAMING,
                    "SIGTERM does what SIGINT does, as in pg_receivewal of PostgreSQL 16 and newer"),
            new Wanted(
                    "no status by time.*",
                    "(?<=TIMELINE 1\n)(?=file)",
                    "statuses: first write <within 0> flush 0/0, never another flush; [apply 0/0]\n",
                    "a last status is sent before the end, so that a server that shuts down need not wait"),
            new Wanted(
                    "from where a slot is",
                    "(flush <start 0>), never another flush",
                    "$1, later others",
                    "a flush position is reported when there is one, not at the next interval only, and before the end"),
            new Wanted(
                    "WAL that is gone.*",
                    "^(stderr .* has already been removed)$",
                    "$1\nstderr DETAIL:  The WAL of timeline 1 from <start 0> on is gone at the server, which is at <within 3>.",
                    "who has to mend it needs to know what is missing"),
            new Wanted(
                    ".*, without -n",
                    "exit code 0\n(stderr pg_receivewal: error: [^\n]*\n(stderr DETAIL:[^\n]*\n)?)"
                            + "stderr pg_receivewal: disconnected; waiting 5 seconds to try again",
                    "exit code 1\n$1stderr pg_receivewal: error: giving up: another attempt cannot help",
                    "what every attempt must meet again is not tried again: a person has to look"),
            new Wanted(
                    ".*, without -n",
                    "startup [^\n]*\nquery SHOW data_directory_mode\nquery IDENTIFY_SYSTEM\nquery IDENTIFY_SYSTEM\n(?=file)",
                    "",
                    "as above"),
            new Wanted(
                    "server crashed",
                    "(?<=waiting 5 seconds to try again\n)stderr [^\n]*\n(stderr \t[^\n]*\n)*",
                    "",
                    "stopped while it waits, it ends without another attempt"),
            new Wanted("server crashed", "startup \\{\\}\n", "", "as above"),
            new Wanted(
                    "read-only directory",
                    "\\A[\\s\\S]*\\z",
                    "exit code 1\nstderr pg_receivewal: error: could not open directory \"HOME/wal\": HOME/wal/.walcast: Permission denied\n",
                    "the directory is locked against a second process before the server is asked for anything"),
            new Wanted(
                    "unfinished segment of a wrong size",
                    "exit code 1\n.*\n.*disconnected$",
                    "exit code 0\nstderr pg_receivewal: warning: segment file \"<timeline 1 segment 0>.partial\" has incorrect size 77,"
                            + " copied to \"HOME/wal/.walcast/<timeline 1 segment 0>.partial.corrupt.1\"\n"
                            + NOT_RENAMING.replace("$", "\\$"),
                    "an odd file is set aside: to stop for it, the WAL in it would have to be of use"),
            new Wanted("unfinished segment of a wrong size", ": 77 bytes", ": 1048576 bytes", "as above"));

    private final Set<Wanted> used = new HashSet<>();

    /**
     * A difference.
     *
     * @param scenarios which scenarios show it, a regular expression
     * @param theirs what is found in the transcript of the original
     * @param ours what stands there instead
     * @param reason why
     */
    private record Wanted(String scenarios, String theirs, String ours, String reason) {}

    /** Returns what our transcript of {@code scenario} shall be, given the one of the original. */
    String expected(String scenario, String theirs) {
        String expected = theirs;
        for (Wanted wanted : ALL) {
            if (!scenario.matches(wanted.scenarios)) {
                continue;
            }
            Matcher found = Pattern.compile(wanted.theirs, Pattern.MULTILINE).matcher(expected);
            if (found.find()) {
                used.add(wanted);
                expected = found.replaceAll(wanted.ours);
            }
        }
        return expected;
    }

    /** Returns those that made no difference so far. */
    List<String> unused() {
        return ALL.stream()
                .filter(wanted -> !used.contains(wanted))
                .map(Wanted::toString)
                .toList();
    }
}
