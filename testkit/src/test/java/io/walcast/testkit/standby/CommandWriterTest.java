// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.standby;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.command.CommandOption;
import io.walcast.command.ReplicationCommand;
import io.walcast.command.ReplicationCommand.AlterReplicationSlot;
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
import io.walcast.command.ReplicationCommandParser;
import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CommandWriterTest {
    private static final Lsn START = Lsn.parse("16/B374D848");

    static Stream<ReplicationCommand> commands() {
        return Stream.of(
                new IdentifySystem(),
                new Show("wal_segment_size"),
                new TimelineHistoryOf(TimelineId.of(7)),
                new ReadReplicationSlot("s_1"),
                new CreateReplicationSlot("s \"1\"", false, null, true, null, false, false),
                new CreateReplicationSlot("s_1", true, "pgoutput", false, "nothing", true, true),
                new AlterReplicationSlot("s_1", true, false),
                new DropReplicationSlot("s_1", false),
                new StartReplication(null, START, null),
                new StartReplication("s_1", START, TimelineId.of(3)),
                new StartLogicalReplication(
                        "s_1", START, List.of(new CommandOption("proto_version", "1"), new CommandOption("a", "it's"))),
                new UploadManifest(),
                new Sql("SELECT 1"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void writesWhatTheParserReads(ReplicationCommand command) {
        String text = CommandWriter.text(command);

        assertThat(ReplicationCommandParser.parse(text.getBytes(UTF_8), 18)).isEqualTo(command);
    }
}
