// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.command.ReplicationCommand;
import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ServerErrorException;
import io.walcast.transport.grpc.v1.AlterSlotRequest;
import io.walcast.transport.grpc.v1.Command;
import io.walcast.transport.grpc.v1.CreateSlotRequest;
import io.walcast.transport.grpc.v1.DropSlotRequest;
import io.walcast.transport.grpc.v1.IdentifySystemRequest;
import io.walcast.transport.grpc.v1.ReadSlotRequest;
import io.walcast.transport.grpc.v1.ReadTimelineHistoryRequest;
import io.walcast.transport.grpc.v1.ShowRequest;
import io.walcast.transport.grpc.v1.StartReplication;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CommandMessagesTest {

    static Stream<Arguments> commands() {
        return Stream.of(
                Arguments.of(
                        command().setIdentifySystem(IdentifySystemRequest.getDefaultInstance()),
                        new ReplicationCommand.IdentifySystem()),
                Arguments.of(
                        command().setShow(ShowRequest.newBuilder().setName("wal_segment_size")),
                        new ReplicationCommand.Show("wal_segment_size")),
                Arguments.of(
                        command()
                                .setReadTimelineHistory(
                                        ReadTimelineHistoryRequest.newBuilder().setTimeline(-1)),
                        new ReplicationCommand.TimelineHistoryOf(new TimelineId(-1))),
                Arguments.of(
                        command().setReadSlot(ReadSlotRequest.newBuilder().setSlot("a")),
                        new ReplicationCommand.ReadReplicationSlot("a")),
                Arguments.of(
                        command()
                                .setCreateSlot(CreateSlotRequest.newBuilder()
                                        .setSlot("a")
                                        .setTemporary(true)
                                        .setReserveWal(true)),
                        new ReplicationCommand.CreateReplicationSlot("a", true, null, true, null, false, false)),
                Arguments.of(
                        command()
                                .setCreateSlot(CreateSlotRequest.newBuilder()
                                        .setSlot("a")
                                        .setPlugin("pgoutput")
                                        .setSnapshot("export")
                                        .setTwoPhase(true)
                                        .setFailover(true)),
                        new ReplicationCommand.CreateReplicationSlot(
                                "a", false, "pgoutput", false, "export", true, true)),
                Arguments.of(
                        command()
                                .setAlterSlot(AlterSlotRequest.newBuilder()
                                        .setSlot("a")
                                        .setFailover(false)
                                        .setTwoPhase(true)),
                        new ReplicationCommand.AlterReplicationSlot("a", false, true)),
                Arguments.of(
                        command().setAlterSlot(AlterSlotRequest.newBuilder().setSlot("a")),
                        new ReplicationCommand.AlterReplicationSlot("a", null, null)),
                Arguments.of(
                        command()
                                .setDropSlot(DropSlotRequest.newBuilder()
                                        .setSlot("a")
                                        .setWait(true)),
                        new ReplicationCommand.DropReplicationSlot("a", true)),
                Arguments.of(
                        command()
                                .setStartReplication(StartReplication.newBuilder()
                                        .setSlot("a")
                                        .setStart(-2)
                                        .setTimeline(7)),
                        new ReplicationCommand.StartReplication("a", new Lsn(-2), new TimelineId(7))),
                Arguments.of(
                        command().setStartReplication(StartReplication.newBuilder()),
                        new ReplicationCommand.StartReplication(null, Lsn.INVALID, null)),
                Arguments.of(
                        command().setText("START_REPLICATION SLOT a 1/2 TIMELINE 3"),
                        new ReplicationCommand.StartReplication("a", Lsn.parse("1/2"), new TimelineId(3))),
                Arguments.of(command().setText("SELECT 1"), new ReplicationCommand.Sql("SELECT 1")));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void areTheCommandsOfPostgresql(Command.Builder message, ReplicationCommand command) {
        assertThat(CommandMessages.command(message.build(), 18)).isEqualTo(command);
    }

    @Test
    void areAllOfThem() {
        Set<Command.CommandCase> samples = commands()
                .map(arguments -> ((Command.Builder) arguments.get()[0]).getCommandCase())
                .collect(Collectors.toSet());

        assertThat(samples)
                .containsExactlyInAnyOrderElementsOf(
                        EnumSet.complementOf(EnumSet.of(Command.CommandCase.COMMAND_NOT_SET)));
    }

    @Test
    void areRefusedIfTheyAreNotKnown() throws Exception {
        // What a newer client might send: the number 20, which is reserved.
        Command later = Command.parseFrom(new byte[] {(byte) 0xa2, 1, 0});

        assertThatThrownBy(() -> CommandMessages.command(later, 18)).satisfies(e -> assertError(e, "0A000"));
    }

    @ParameterizedTest
    @CsvSource({
        "14, read, 0A000",
        "15, read, ",
        "16, alter, 0A000",
        "17, alter, ",
        "17, alter two-phase, XX000",
        "18, alter two-phase, ",
        "16, failover, XX000",
        "17, failover, ",
    })
    void areThereFromTheSameVersionsOnAsInWords(int serverMajor, String what, String sqlState) {
        Command.Builder command = command();
        switch (what) {
            case "read" -> command.setReadSlot(ReadSlotRequest.newBuilder().setSlot("a"));
            case "alter" ->
                command.setAlterSlot(AlterSlotRequest.newBuilder().setSlot("a").setFailover(true));
            case "alter two-phase" ->
                command.setAlterSlot(AlterSlotRequest.newBuilder().setSlot("a").setTwoPhase(false));
            default ->
                command.setCreateSlot(
                        CreateSlotRequest.newBuilder().setPlugin("p").setFailover(true));
        }

        if (sqlState == null) {
            assertThat(CommandMessages.command(command.build(), serverMajor)).isNotNull();
        } else {
            assertThatThrownBy(() -> CommandMessages.command(command.build(), serverMajor))
                    .satisfies(e -> assertError(e, sqlState));
        }
    }

    static Stream<Arguments> conflicts() {
        return Stream.of(
                Arguments.of(CreateSlotRequest.newBuilder().setTwoPhase(true), "42601"),
                Arguments.of(CreateSlotRequest.newBuilder().setFailover(true), "42601"),
                Arguments.of(CreateSlotRequest.newBuilder().setSnapshot("export"), "42601"),
                Arguments.of(CreateSlotRequest.newBuilder().setPlugin("p").setReserveWal(true), "42601"),
                Arguments.of(CreateSlotRequest.newBuilder().setPlugin("p").setSnapshot("EXPORT"), "22023"),
                Arguments.of(CreateSlotRequest.newBuilder().setPlugin("p").setSnapshot(""), "22023"));
    }

    @ParameterizedTest
    @MethodSource("conflicts")
    void areRefusedWithOptionsThatDoNotGoTogether(CreateSlotRequest.Builder message, String sqlState) {
        Command command = command().setCreateSlot(message.setSlot("a")).build();

        assertThatThrownBy(() -> CommandMessages.command(command, 18)).satisfies(e -> assertError(e, sqlState));
    }

    @Test
    void areRefusedWithATimelineThatIsNone() {
        Command command = command()
                .setReadTimelineHistory(ReadTimelineHistoryRequest.getDefaultInstance())
                .build();

        assertThatThrownBy(() -> CommandMessages.command(command, 18)).satisfies(e -> assertError(e, "42601"));
    }

    @Test
    void areRefusedIfTheyAreTooLong() {
        char[] name = new char[16 * 1024];
        Arrays.fill(name, 'x');
        String longName = String.valueOf(name);
        Command typed =
                command().setShow(ShowRequest.newBuilder().setName(longName)).build();
        Command text = command().setText("SHOW " + longName).build();

        assertThatThrownBy(() -> CommandMessages.command(typed, 18)).satisfies(e -> assertError(e, "54000"));
        assertThatThrownBy(() -> CommandMessages.command(text, 18)).satisfies(e -> assertError(e, "54000"));
    }

    @Test
    void areRefusedInWordsThatTheGrammarDoesNotKnow() {
        Command command = command().setText("START_REPLICATION nowhere").build();

        assertThatThrownBy(() -> CommandMessages.command(command, 18)).satisfies(e -> assertError(e, "42601"));
    }

    private static Command.Builder command() {
        return Command.newBuilder();
    }

    private static void assertError(Throwable failure, String sqlState) {
        assertThat(failure).isInstanceOfSatisfying(ServerErrorException.class, e -> {
            assertThat(e.fields().severity()).isEqualTo("ERROR");
            assertThat(e.sqlState().code()).isEqualTo(sqlState);
        });
    }
}
