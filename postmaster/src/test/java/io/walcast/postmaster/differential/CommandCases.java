// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.differential;

import io.walcast.testkit.standby.FrontendBytes;
import java.util.ArrayList;
import java.util.List;

/** Commands that do not stream, and what is no command. */
final class CommandCases {
    private CommandCases() {}

    static List<Case> all() {
        List<Case> cases = new ArrayList<>();
        for (String text : List.of(
                "IDENTIFY_SYSTEM",
                "IDENTIFY_SYSTEM;",
                " IDENTIFY_SYSTEM ",
                "IDENTIFY_SYSTEM x",
                "identify_system",
                "",
                ";",
                " ",
                "SELECT 1",
                "SHOW wal_segment_size",
                "SHOW Wal_Segment_Size",
                "SHOW \"DateStyle\"",
                "SHOW server_version_num",
                "SHOW data_directory_mode",
                "SHOW wal_block_size",
                "SHOW is_superuser",
                "SHOW session_authorization",
                "SHOW in_hot_standby",
                "SHOW server_encoding",
                "SHOW integer_datetimes",
                "SHOW max_replication_slots",
                "SHOW wal_sender_timeout",
                "SHOW application_name",
                "SHOW synchronous_standby_names",
                "SHOW wal_level",
                "SHOW hot_standby",
                "SHOW nosuch",
                "SHOW a.b",
                "SHOW",
                "SHOW ALL",
                "SHOW TRANSACTION ISOLATION LEVEL",
                "SHOW primary_conninfo",
                "SHOW data_directory",
                "SHOW hba_file",
                "TIMELINE_HISTORY 1",
                "TIMELINE_HISTORY 2",
                "TIMELINE_HISTORY 99",
                "TIMELINE_HISTORY 0",
                "TIMELINE_HISTORY -1",
                "TIMELINE_HISTORY 4294967295",
                "TIMELINE_HISTORY 4294967296",
                "TIMELINE_HISTORY x",
                "TIMELINE_HISTORY",
                "BASE_BACKUP (LABEL 'x', NOSUCH 1)",
                "CREATE_REPLICATION_SLOT l LOGICAL pgoutput",
                "CREATE_REPLICATION_SLOT l LOGICAL",
                "START_REPLICATION SLOT l LOGICAL 0/0",
                "START_REPLICATION SLOT x LOGICAL 0/0 (a 'b')",
                "'text'",
                "\"name\"",
                "-- comment",
                "NOSUCH_COMMAND",
                "START_REPLICATION",
                "START_REPLICATION PHYSICAL",
                "START_REPLICATION 0/0 TIMELINE",
                "START_REPLICATION X/Y",
                "START_REPLICATION SLOT 0/0",
                "START_REPLICATION 123456789/0")) {
            cases.add(Case.query(text));
        }
        for (String text : List.of("BASE_BACKUP", "BASE_BACKUP LABEL 'x' FAST", "UPLOAD_MANIFEST")) {
            cases.add(Case.of(
                    "first answer to " + text,
                    (talk, site) -> talk.replication().ask(text).next()));
        }
        addSlots(cases);
        addMessages(cases);
        return cases;
    }

    private static void addSlots(List<Case> cases) {
        for (String text : List.of(
                "READ_REPLICATION_SLOT nosuch",
                "READ_REPLICATION_SLOT \"../x\"",
                "READ_REPLICATION_SLOT",
                "DROP_REPLICATION_SLOT nosuch",
                "DROP_REPLICATION_SLOT nosuch WAIT",
                "DROP_REPLICATION_SLOT \"../x\"",
                "ALTER_REPLICATION_SLOT nosuch (FAILOVER true)",
                "ALTER_REPLICATION_SLOT nosuch (NOSUCH)",
                "CREATE_REPLICATION_SLOT \"\" PHYSICAL",
                "CREATE_REPLICATION_SLOT \"Upper\" PHYSICAL",
                "CREATE_REPLICATION_SLOT \"a-b\" PHYSICAL",
                "CREATE_REPLICATION_SLOT \"..\" PHYSICAL",
                "CREATE_REPLICATION_SLOT pg_conflict_detection PHYSICAL",
                "DROP_REPLICATION_SLOT pg_conflict_detection",
                "CREATE_REPLICATION_SLOT " + "l".repeat(64) + " PHYSICAL",
                "CREATE_REPLICATION_SLOT s",
                "CREATE_REPLICATION_SLOT s PHYSICAL (NOSUCH)",
                "CREATE_REPLICATION_SLOT s PHYSICAL (RESERVE_WAL, RESERVE_WAL)",
                "CREATE_REPLICATION_SLOT s PHYSICAL (SNAPSHOT 'export')",
                "CREATE_REPLICATION_SLOT s PHYSICAL EXPORT_SNAPSHOT",
                "CREATE_REPLICATION_SLOT s PHYSICAL TWO_PHASE",
                "CREATE_REPLICATION_SLOT s PHYSICAL (FAILOVER)")) {
            cases.add(Case.query(text));
        }
        for (String options : List.of(
                "PHYSICAL",
                "PHYSICAL RESERVE_WAL",
                "PHYSICAL (RESERVE_WAL)",
                "PHYSICAL (RESERVE_WAL 'true')",
                "PHYSICAL (RESERVE_WAL false)",
                "PHYSICAL (RESERVE_WAL 2)",
                "PHYSICAL ()",
                "TEMPORARY PHYSICAL",
                "TEMPORARY PHYSICAL RESERVE_WAL",
                "TEMPORARY PHYSICAL (RESERVE_WAL true)")) {
            cases.add(Case.of(
                    "slot " + options,
                    (talk, site) -> talk.replication()
                            .query("CREATE_REPLICATION_SLOT s1 " + options)
                            .query("READ_REPLICATION_SLOT s1")
                            .query("CREATE_REPLICATION_SLOT s1 PHYSICAL")
                            .query("ALTER_REPLICATION_SLOT s1 (FAILOVER false)")
                            .query("READ_REPLICATION_SLOT s1")
                            .query("DROP_REPLICATION_SLOT s1 WAIT")
                            .query("DROP_REPLICATION_SLOT s1")));
        }
        cases.add(Case.of(
                "an error drops temporary slots",
                (talk, site) -> talk.replication()
                        .query("CREATE_REPLICATION_SLOT t1 TEMPORARY PHYSICAL")
                        .query("NONSENSE")
                        .query("READ_REPLICATION_SLOT t1")));
    }

    private static void addMessages(List<Case> cases) {
        cases.add(Case.of(
                "function call",
                (talk, site) -> talk.replication()
                        .send(FrontendBytes.message('F', new byte[10]))
                        .answer()
                        .query("IDENTIFY_SYSTEM")));
        for (char type : new char[] {'P', 'B', 'D', 'E', 'C'}) {
            cases.add(Case.of(
                    "extended protocol " + type,
                    (talk, site) -> talk.replication()
                            .send(FrontendBytes.message(type, new byte[] {0, 0, 0, 0}))
                            .next()
                            .ask("IDENTIFY_SYSTEM")
                            .send(FrontendBytes.message('S', new byte[0]))
                            .answer()
                            .query("IDENTIFY_SYSTEM")));
        }
        cases.add(Case.of(
                "flush, sync",
                (talk, site) -> talk.replication()
                        .send(FrontendBytes.message('H', new byte[0]))
                        .send(FrontendBytes.message('S', new byte[0]))
                        .answer()));
        cases.add(Case.of(
                "copy messages outside of a stream",
                (talk, site) -> talk.replication()
                        .send(FrontendBytes.copyData(new byte[] {'r', 1, 2}))
                        .send(FrontendBytes.copyDone())
                        .send(FrontendBytes.copyFail("no"))
                        .query("IDENTIFY_SYSTEM")));
        for (int type : new int[] {0, 1, 'p', 'z', 255}) {
            cases.add(Case.of(
                    "message type " + type,
                    (talk, site) -> talk.replication()
                            .send(FrontendBytes.message((char) type, new byte[0]))
                            .answer()));
        }
        cases.add(Case.of(
                "query without an end",
                (talk, site) -> talk.replication()
                        .send(FrontendBytes.message('Q', new byte[] {'S', 'H', 'O', 'W'}))
                        .answer()
                        .query("IDENTIFY_SYSTEM")));
        cases.add(Case.of(
                "query with an end in the middle",
                (talk, site) -> talk.replication()
                        .send(FrontendBytes.message('Q', FrontendBytes.text("SHOW\0x")))
                        .answer()
                        .query("IDENTIFY_SYSTEM")));
        cases.add(Case.of(
                "query of length 3",
                (talk, site) ->
                        talk.replication().send(new byte[] {'Q', 0, 0, 0, 3}).answer()));
        cases.add(Case.of(
                "bytes that are no UTF-8",
                (talk, site) -> talk.replication()
                        .send(FrontendBytes.message('Q', new byte[] {'S', 'H', 'O', 'W', ' ', (byte) 0xFF, 0}))
                        .answer()
                        .query("IDENTIFY_SYSTEM")));
    }
}
