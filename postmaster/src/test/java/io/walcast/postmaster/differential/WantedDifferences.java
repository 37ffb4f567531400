// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.differential;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that a relay answers otherwise than PostgreSQL does, each with the reason. One that no case needs is an error.
 *
 * <p>Threading: one owner thread.
 */
final class WantedDifferences {
    private static final String ERROR = "E S=ERROR; V=ERROR; ";

    private static final List<Wanted> ALL = List.of(
            new Wanted(
                    ".*",
                    "^S server_version=(\\d+)\\.\\d+$",
                    "S server_version=$1.0",
                    "WAL says which major version wrote it, and no more"),
            new Wanted("query SHOW server_version_num", "'(\\d\\d)\\d{4}'", "'$10000'", "as above"),
            new Wanted(
                    "no replication: .*|replication=database",
                    "(?s)^R 0$.*",
                    "R 0\nE S=FATAL; V=FATAL; C=0A000; M=this server has no databases, it only sends WAL;"
                            + " H=Connect with replication=true.\nclosed",
                    "a relay has no databases"),
            new Wanted(
                    "options -c",
                    "(?s)^R 0\n(.*); H=[^\n]*",
                    "$1; H=An option is written as -c name=value or --name=value.",
                    "what is asked for is read before anybody is let in, and there is no postgres --help"),
            new Wanted(
                    "options -c wal_level=.*",
                    "C=55P02; M=.*",
                    "C=42704; M=unrecognized configuration parameter \"wal_level\"",
                    "settings without a meaning for a relay are not there"),
            new Wanted(
                    "query SHOW (ALL|wal_level|hot_standby|synchronous_standby_names|primary_conninfo|data_directory|hba_file)",
                    "(?s)^> SHOW (?!wal_segment_size)(\\w+)\n(T [^\n]*\n(D [^\n]*\n)+C SHOW|E [^\n]*)",
                    "> SHOW $1\n" + ERROR + "C=42704; M=unrecognized configuration parameter \"$1\"",
                    "settings without a meaning for a relay are not there"),
            new Wanted("query SHOW ALL", "\"ALL\"$", "\"all\"", "names of settings are told in lower case"),
            new Wanted(
                    "options -c session_authorization=.*",
                    "C=42501; M=.*",
                    "C=55P02; M=parameter \"session_authorization\" cannot be changed",
                    "nobody becomes another user, whatever the privileges"),
            new Wanted(
                    "parameter application_name=x+", "^N .*\n", "", "a long application_name is cut without a notice"),
            new Wanted(
                    "query TIMELINE_HISTORY \\d+",
                    "\"pg_wal/(\\w+.history)\"",
                    "\"$1\"",
                    "peers are told nothing of directories"),
            new Wanted(
                    "query TIMELINE_HISTORY 4294967296|timeline 4294967296",
                    "C=42601; M=invalid timeline 0",
                    "C=22003; M=timeline 4294967296 is out of range",
                    "numbers do not wrap around"),
            new Wanted(
                    "query START_REPLICATION 123456789/0",
                    "(?s)^W 0 0\nE [^\n]*",
                    ERROR + "C=42601; M=LSN \"123456789/0\" has a part longer than 8 hex digits",
                    "positions do not wrap around"),
            new Wanted(
                    "first answer to BASE_BACKUP.*",
                    "^T .*",
                    ERROR + "C=0A000; M=BASE_BACKUP is not supported by this server",
                    "a relay has no data files"),
            new Wanted(
                    Set.of(18),
                    "first answer to UPLOAD_MANIFEST",
                    "^G .*",
                    ERROR + "C=0A000; M=UPLOAD_MANIFEST is not supported by this server",
                    "a relay has no data files"),
            new Wanted(
                    "query (CREATE|START)_REPLICATION(_SLOT \\w| SLOT \\w) LOGICAL.*",
                    "C=55000; M=logical decoding requires .*",
                    "C=0A000; M=logical replication is not supported by this server",
                    "a relay does not decode"),
            new Wanted(
                    "query CREATE_REPLICATION_SLOT l{64} .*",
                    "(?s)^N [^\n]*\nT [^\n]*\nD [^\n]*\nC CREATE_REPLICATION_SLOT",
                    ERROR + "C=42622; M=replication slot name \"" + "l".repeat(64) + "\" is too long",
                    "a slot has the name that was asked for, or there is none"),
            new Wanted(
                    "slot of a silent holder",
                    "(?s)^E S=ERROR; V=ERROR; C=55006; [^\n]*\nclosed\nZ I",
                    "W 0 0\nE S=FATAL; V=FATAL; C=57P01; M=terminating connection due to administrator command\nclosed\n"
                            + "c\nC START_STREAMING\nC START_REPLICATION\nZ I",
                    "a receiver that was cut off gets its slot back without waiting for a timeout"),
            new Wanted(
                    "slot .*PHYSICAL .*RESERVE_WAL.*",
                    "^D 'physical' \\| '(\\w+)/(\\w)\\w{6}' \\| '\\d'$",
                    null,
                    "a relay knows no restartpoint and reserves from the start of the segment on"),
            new Wanted(
                    "query of length 3",
                    "^closed",
                    "E S=FATAL; V=FATAL; C=08P01; M=invalid message length\nclosed",
                    "whoever breaks the protocol is told so; PostgreSQL tells its log only"),
            new Wanted(
                    "bytes that are no UTF-8",
                    "C=42704; M=unrecognized configuration parameter .*",
                    "C=22021; M=invalid byte sequence for encoding \"UTF8\": 0xff",
                    "names are text"),
            new Wanted(
                    "standby message without a type|(status update|feedback) of 5 bytes",
                    "(?s)^E S=ERROR; V=ERROR; (C=08P01; M=[^\n]*)\nZ I",
                    "E S=FATAL; V=FATAL; $1\nclosed",
                    "whoever breaks the protocol in a stream is not listened to any longer"),
            new Wanted(
                    "before the switch, on the newest timeline",
                    "^w .*\n",
                    null,
                    "WAL is cut into messages at multiples of 128 kB, for all sessions to share what was read"));

    /** What a primary answers otherwise than a standby of it: a relay is one. */
    private static final List<Wanted> OF_A_PRIMARY = List.of(
            new Wanted(
                    ".*", "^S in_hot_standby=off$", "S in_hot_standby=on", "what a relay serves is written elsewhere"),
            new Wanted("query SHOW in_hot_standby", "^D 'off'$", "D 'on'", "the same"),
            new Wanted(
                    "flush -819[23]",
                    "^w .*\n",
                    null,
                    "a base backup has moved the end over a multiple of 128 kB, where WAL is cut"));

    private final List<Wanted> all;
    private final Set<Wanted> used = new HashSet<>();

    WantedDifferences(int major, Reference reference) {
        Stream<Wanted> more = switch (reference) {
            case STANDBY -> Stream.of();
            case PRIMARY -> OF_A_PRIMARY.stream();
        };
        all = Stream.concat(ALL.stream(), more)
                .filter(wanted -> wanted.majors().contains(major))
                .toList();
    }

    /**
     * One difference.
     *
     * @param majors the servers it is for
     * @param cases matches the names of the cases
     * @param theirs matches what PostgreSQL answers
     * @param ours takes its place; null if what matches counts for nothing on either side
     * @param reason why
     */
    private record Wanted(
            Set<Integer> majors,
            Pattern cases,
            Pattern theirs,
            @Nullable String ours,
            String reason) {
        Wanted(String cases, String theirs, @Nullable String ours, String reason) {
            this(DifferentialIT.MAJORS, cases, theirs, ours, reason);
        }

        Wanted(Set<Integer> majors, String cases, String theirs, @Nullable String ours, String reason) {
            this(majors, Pattern.compile(cases), Pattern.compile(theirs, Pattern.MULTILINE), ours, reason);
        }
    }

    /** Returns what we are to answer where PostgreSQL answers {@code theirs}. */
    String expected(Case of, String theirs) {
        String expected = theirs;
        for (Wanted wanted : forCase(of)) {
            Matcher matcher = wanted.theirs().matcher(expected);
            if (matcher.find()) {
                expected = matcher.replaceAll(Objects.requireNonNullElse(wanted.ours(), ""));
                used.add(wanted);
            }
        }
        return expected;
    }

    /** Returns what we answer without what counts for nothing. */
    String counted(Case of, String ours) {
        String counted = ours;
        for (Wanted wanted : forCase(of)) {
            if (wanted.ours() == null) {
                counted = wanted.theirs().matcher(counted).replaceAll("");
            }
        }
        return counted;
    }

    private List<Wanted> forCase(Case of) {
        return all.stream()
                .filter(wanted -> wanted.cases().matcher(of.name()).matches())
                .toList();
    }

    /** Returns the reasons of those that no case has needed. */
    List<String> unused() {
        return all.stream()
                .filter(wanted -> !used.contains(wanted))
                .map(Wanted::reason)
                .toList();
    }
}
