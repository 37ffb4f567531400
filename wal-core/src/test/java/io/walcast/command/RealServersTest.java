// SPDX-License-Identifier: Apache-2.0
package io.walcast.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.command.ReplicationCommand.Sql;
import io.walcast.core.error.ServerErrorException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The parser and the real servers say the same, but for {@link #STRICTER}. */
final class RealServersTest {
    private static final String SQL = "0A000 cannot execute SQL commands in WAL sender for physical replication";

    /** What a server says about a command that it has understood. */
    private static final Pattern EXECUTED = Pattern.compile("ok"
            + "|55000 (logical decoding requires a database connection|incremental backups cannot be taken .*)"
            + "|42704 (replication slot \".*\" does not exist|unrecognized configuration parameter \".*\")"
            + "|42602 (replication slot name \".*\" (is too short|contains invalid character)|relative path .*)"
            + "|57014 COPY from stdin failed: "
            + "|58P01 could not open file .*"
            + "|58P02 directory .*"
            + "|XX000 requested (starting point|timeline) .*"
            + "|0A000 unrecognized target: .*"
            + "|42601 target \".*\" (requires|does not accept) a target detail"
            + "|42601 invalid compression specification: .*");

    /** Where PostgreSQL takes 32 bits of a number and forgets the rest: our answer, which loses nothing. */
    private static final Map<String, String> STRICTER = Map.ofEntries(
            Map.entry("TIMELINE_HISTORY 4294967296", "22003 timeline 4294967296 is out of range"),
            Map.entry("TIMELINE_HISTORY 4294967298", "22003 timeline 4294967298 is out of range"),
            Map.entry("TIMELINE_HISTORY 18446744073709551615", "22003 timeline 18446744073709551615 is out of range"),
            Map.entry("TIMELINE_HISTORY 18446744073709551617", "22003 timeline 18446744073709551617 is out of range"),
            Map.entry(
                    "TIMELINE_HISTORY 99999999999999999999999",
                    "22003 timeline 99999999999999999999999 is out of range"),
            Map.entry("START_REPLICATION 0/1000000 TIMELINE 4294967296", "22003 timeline 4294967296 is out of range"),
            Map.entry("START_REPLICATION 0/1000000 TIMELINE 4294967297", "22003 timeline 4294967297 is out of range"),
            Map.entry("START_REPLICATION 1FFFFFFFF/0", "42601 LSN \"1FFFFFFFF/0\" has a part longer than 8 hex digits"),
            Map.entry("START_REPLICATION 0/1FFFFFFFF", "42601 LSN \"0/1FFFFFFFF\" has a part longer than 8 hex digits"),
            Map.entry(
                    "START_REPLICATION FFFFFFFFF/FFFFFFFFF",
                    "42601 LSN \"FFFFFFFFF/FFFFFFFFF\" has a part longer than 8 hex digits"),
            Map.entry(
                    "START_REPLICATION SLOT nosuch LOGICAL 1FFFFFFFF/0",
                    "42601 LSN \"1FFFFFFFF/0\" has a part longer than 8 hex digits"),
            Map.entry(
                    "CREATE_REPLICATION_SLOT ntn TEMPORARY PHYSICAL (RESERVE_WAL 4294967297)",
                    "42601 reserve_wal requires a Boolean value"),
            Map.entry("BASE_BACKUP FAST MAX_RATE 4294967328", rate("4294967328")),
            Map.entry("BASE_BACKUP (CHECKPOINT 'fast', MAX_RATE 4294967328)", rate("4294967328")),
            Map.entry("BASE_BACKUP (CHECKPOINT 'fast', MAX_RATE 3000000000)", rate("3000000000")),
            Map.entry("BASE_BACKUP (MAX_RATE 4294967295)", rate("4294967295")));

    private static String rate(String rate) {
        return "22003 %s is outside the valid range for parameter \"MAX_RATE\" (32 .. 1048576)".formatted(rate);
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 15, 16, 17, 18})
    void sayTheSame(int major) {
        List<String> differences = new ArrayList<>();
        for (ServerAnswers.Row row : ServerAnswers.load()) {
            String theirs = row.answerOf(major);
            String ours = answer(row.text(), major);
            String expected = theirs.startsWith("42601 syntax") ? theirs : STRICTER.getOrDefault(row.written(), theirs);
            boolean same = ours.equals("ok") ? EXECUTED.matcher(expected).matches() : ours.equals(expected);
            if (!same) {
                differences.add("%s%n  ours:   %s%n  theirs: %s".formatted(row.written(), ours, theirs));
            }
        }

        assertThat(differences).isEmpty();
    }

    private static String answer(byte[] text, int major) {
        try {
            return ReplicationCommandParser.parse(text, major) instanceof Sql ? SQL : "ok";
        } catch (ServerErrorException e) {
            return e.sqlState() + " " + e.fields().message();
        }
    }

    @Test
    void sayDifferentThingsOnlyAboutTextsOfTheFile() {
        Set<String> written = new HashSet<>();
        ServerAnswers.load().forEach(row -> written.add(row.written()));

        assertThat(written).hasSizeGreaterThan(700).containsAll(STRICTER.keySet());
    }
}
