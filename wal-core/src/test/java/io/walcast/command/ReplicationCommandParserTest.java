// SPDX-License-Identifier: Apache-2.0
package io.walcast.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.command.ReplicationCommand.AlterReplicationSlot;
import io.walcast.command.ReplicationCommand.BaseBackup;
import io.walcast.command.ReplicationCommand.CreateReplicationSlot;
import io.walcast.command.ReplicationCommand.DropReplicationSlot;
import io.walcast.command.ReplicationCommand.IdentifySystem;
import io.walcast.command.ReplicationCommand.ReadReplicationSlot;
import io.walcast.command.ReplicationCommand.Show;
import io.walcast.command.ReplicationCommand.Sql;
import io.walcast.command.ReplicationCommand.StartLogicalReplication;
import io.walcast.command.ReplicationCommand.StartReplication;
import io.walcast.command.ReplicationCommand.TimelineHistoryOf;
import io.walcast.command.ReplicationCommand.UploadManifest;
import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ServerErrorException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ReplicationCommandParserTest {
    private static final Lsn START = Lsn.parse("0/1000000");

    static Stream<Arguments> samples() {
        return Stream.of(
                sample("IDENTIFY_SYSTEM", new IdentifySystem()),
                sample("SHOW Wal_Segment_Size;", new Show("wal_segment_size")),
                sample("SHOW a . \"B\"", new Show("a.B")),
                sample("TIMELINE_HISTORY 4294967295", new TimelineHistoryOf(TimelineId.of(0xFFFF_FFFFL))),
                sample("READ_REPLICATION_SLOT S1", new ReadReplicationSlot("s1")),
                sample("CREATE_REPLICATION_SLOT s PHYSICAL", created("s", false, false)),
                sample("CREATE_REPLICATION_SLOT \"S\" TEMPORARY PHYSICAL ( RESERVE_WAL)", created("S", true, true)),
                sample("CREATE_REPLICATION_SLOT s PHYSICAL RESERVE_WAL", created("s", false, true)),
                sample(
                        "CREATE_REPLICATION_SLOT s LOGICAL pgoutput (SNAPSHOT 'nothing', TWO_PHASE on, FAILOVER 1)",
                        new CreateReplicationSlot("s", false, "pgoutput", false, "nothing", true, true)),
                sample(
                        "CREATE_REPLICATION_SLOT s LOGICAL pgoutput NOEXPORT_SNAPSHOT TWO_PHASE",
                        new CreateReplicationSlot("s", false, "pgoutput", false, "nothing", true, false)),
                sample(
                        "ALTER_REPLICATION_SLOT s (FAILOVER false, TWO_PHASE)",
                        new AlterReplicationSlot("s", false, true)),
                sample("ALTER_REPLICATION_SLOT s (TWO_PHASE 0)", new AlterReplicationSlot("s", null, false)),
                sample("DROP_REPLICATION_SLOT s WAIT", new DropReplicationSlot("s", true)),
                sample("DROP_REPLICATION_SLOT s", new DropReplicationSlot("s", false)),
                sample("START_REPLICATION 0/1000000", new StartReplication(null, START, null)),
                sample(
                        "START_REPLICATION SLOT s PHYSICAL 000/0001000000 TIMELINE 3;",
                        new StartReplication("s", START, TimelineId.of(3))),
                sample(
                        "START_REPLICATION SLOT \"sub\" LOGICAL 0/1000000 (proto_version '4', binary)",
                        new StartLogicalReplication(
                                "sub",
                                START,
                                List.of(new CommandOption("proto_version", "4"), new CommandOption("binary", null)))),
                sample("BASE_BACKUP", new BaseBackup(List.of())),
                sample(
                        "BASE_BACKUP ( LABEL 'it''s',  PROGRESS,  MAX_RATE 032)",
                        new BaseBackup(List.of(
                                new CommandOption("label", "it's"),
                                new CommandOption("progress", null),
                                new CommandOption("max_rate", "32")))),
                sample("UPLOAD_MANIFEST", new UploadManifest()),
                sample("SELECT 1;", new Sql("SELECT 1;")));
    }

    private static Arguments sample(String text, ReplicationCommand command) {
        return Arguments.of(text, command);
    }

    private static CreateReplicationSlot created(String slot, boolean temporary, boolean reserveWal) {
        return new CreateReplicationSlot(slot, temporary, null, reserveWal, null, false, false);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void parsesEveryCommand(String text, ReplicationCommand command) {
        assertThat(parse(text, 18)).isEqualTo(command);
    }

    @Test
    void hasASampleOfEveryCommand() {
        assertThat(samples().map(sample -> (Object) sample.get()[1].getClass()).toList())
                .contains((Object[]) ReplicationCommand.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @CsvSource({"READ_REPLICATION_SLOT s,15", "ALTER_REPLICATION_SLOT s (FAILOVER),17", "UPLOAD_MANIFEST,17"})
    void takesWhatAVersionDoesNotKnowForSql(String text, int since) {
        assertThat(parse(text, since - 1)).isEqualTo(new Sql(text));
        assertThat(parse(text, since)).isNotInstanceOf(Sql.class);
    }

    @Test
    void readsTheOldBaseBackupIntoTheNewWords() {
        String text = "BASE_BACKUP LABEL 'x' FAST NOWAIT NOVERIFY_CHECKSUMS MAX_RATE 100";

        assertThat(parse(text, 14))
                .isEqualTo(new BaseBackup(List.of(
                        new CommandOption("label", "x"),
                        new CommandOption("checkpoint", "fast"),
                        new CommandOption("wait", "false"),
                        new CommandOption("verify_checksums", "false"),
                        new CommandOption("max_rate", "100"))));
        assertThat(errorOf(text, 15)).isEqualTo("42601 syntax error");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "START_REPLICATION 1FFFFFFFF/0",
                "START_REPLICATION 0/100000000",
                "START_REPLICATION 0/1G",
                "START_REPLICATION 0 / 1",
                "START_REPLICATION 0/1 TIMELINE -1",
                "IDENTIFY_SYSTEM;;"
            })
    void rejectsWithSyntaxError(String text) {
        assertThat(errorOf(text, 18)).startsWith("42601 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"4294967296", "4294967297", "99999999999999999999999999"})
    void doesNotWrapATimeline(String number) {
        assertThat(errorOf("START_REPLICATION 0/1 TIMELINE " + number, 18)).startsWith("22003 timeline");
        assertThat(errorOf("TIMELINE_HISTORY " + number, 14)).startsWith("22003 timeline");
    }

    private static ReplicationCommand parse(String text, int major) {
        return ReplicationCommandParser.parse(text.getBytes(StandardCharsets.UTF_8), major);
    }

    private static String errorOf(String text, int major) {
        try {
            return parse(text, major).toString();
        } catch (ServerErrorException e) {
            return e.sqlState() + " " + e.getMessage();
        }
    }

    @Test
    void refusesTextThatIsTooLong() {
        assertThatThrownBy(() -> parse(" ".repeat(ReplicationCommandParser.MAX_BYTES + 1), 18))
                .isInstanceOf(ServerErrorException.class)
                .hasMessageContaining("too long");
    }
}
