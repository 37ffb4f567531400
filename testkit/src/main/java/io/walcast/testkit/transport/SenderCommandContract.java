// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.command.ReplicationCommand;
import io.walcast.command.ReplicationCommand.AlterReplicationSlot;
import io.walcast.command.ReplicationCommand.CreateReplicationSlot;
import io.walcast.command.ReplicationCommand.DropReplicationSlot;
import io.walcast.command.ReplicationCommand.IdentifySystem;
import io.walcast.command.ReplicationCommand.ReadReplicationSlot;
import io.walcast.command.ReplicationCommand.Show;
import io.walcast.command.ReplicationCommand.Sql;
import io.walcast.command.ReplicationCommand.StartReplication;
import io.walcast.command.ReplicationCommand.TimelineHistoryOf;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.testkit.standby.CommandAnswer;
import io.walcast.testkit.standby.FromServer;
import io.walcast.testkit.standby.FromServer.DataRow;
import io.walcast.testkit.standby.ScriptedStandby;
import io.walcast.transport.CloseReason;
import io.walcast.transport.Reply;
import io.walcast.transport.Reply.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A command's answer arrives as it was given, one command after the other, and the session goes on or ends as it says. */
abstract class SenderCommandContract extends SenderLoginContract {
    private static final ErrorFields ERROR =
            new ErrorFields("ERROR", new SqlState("XX9ZZ"), "no „such“ thing", "it is\nnot there", "look elsewhere");
    private static final ErrorFields FATAL =
            new ErrorFields("FATAL", SqlState.ADMIN_SHUTDOWN, "terminating connection", null, null);

    static Stream<ReplicationCommand> commands() {
        return Stream.of(
                new IdentifySystem(),
                new Show("wal_segment_size"),
                new TimelineHistoryOf(ONE),
                new ReadReplicationSlot("slot_1"),
                new CreateReplicationSlot("slot_1", true, null, true, null, false, false),
                new CreateReplicationSlot("Slot \"2\"", false, null, false, null, false, false),
                new AlterReplicationSlot("slot_1", true, null),
                new DropReplicationSlot("slot_1", true),
                new StartReplication("slot_1", START, ONE),
                new StartReplication(null, START, null),
                new Sql("SELECT 1"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void handsACommandToTheSession(ReplicationCommand command) {
        ScriptedStandby standby = standby();

        assertThat(standby.execute(command, SOON).messages()).containsExactly(new FromServer.Ready());

        assertThat(session(standby).commands()).containsExactly(command);
    }

    @Test
    void sendsARowSetAsItWasGiven() {
        List<Column> columns =
                List.of(Column.text("systemid"), Column.int8("timeline"), Column.int4("n"), new Column("o", 26, 4, 7));
        byte[] allBytes = new byte[256];
        IntStream.range(0, 256).forEach(i -> allBytes[i] = (byte) i);
        service.onCommand((session, command, reply) -> {
            reply.rowDescription(columns);
            reply.dataRow(Arrays.asList("7".getBytes(UTF_8), null, new byte[0], allBytes));
            reply.dataRow(Arrays.asList(null, null, null, null));
            reply.commandComplete("IDENTIFY_SYSTEM");
            reply.ready();
        });

        CommandAnswer answer = standby().identify(SOON);

        assertThat(answer.columns()).isEqualTo(columns);
        assertThat(answer.rows()).hasSize(2);
        assertThat(answer.rows().get(0).values()).containsExactly("7".getBytes(UTF_8), null, new byte[0], allBytes);
        assertThat(answer.rows().get(1).values()).containsExactly(null, null, null, null);
        assertThat(answer.tags()).containsExactly("IDENTIFY_SYSTEM");
        assertThat(answer.ready()).isTrue();
    }

    @Test
    void sendsSeveralRowSetsInOneAnswer() {
        service.onCommand((session, command, reply) -> {
            for (int set = 0; set < 2; set++) {
                reply.rowDescription(List.of(Column.int4("n")));
                for (int row = 0; row < 500; row++) {
                    reply.dataRow(List.of(Integer.toString(500 * set + row).getBytes(UTF_8)));
                }
                reply.commandComplete("SELECT " + set);
            }
            reply.ready();
        });

        CommandAnswer answer = standby().identify(SOON);

        assertThat(answer.rows().stream().map(row -> row.latin1(0)))
                .containsExactlyElementsOf(
                        IntStream.range(0, 1000).mapToObj(Integer::toString).toList());
        assertThat(answer.tags()).containsExactly("SELECT 0", "SELECT 1");
        assertThat(answer.messages()).hasSize(1000 + 2 + 2 + 1);
    }

    @Test
    void sendsARowOfManyBytes() {
        byte[] history = randomWal(300_000);
        service.onCommand((session, command, reply) -> {
            reply.rowDescription(List.of(Column.text("content")));
            reply.dataRow(List.of(history));
            reply.commandComplete("TIMELINE_HISTORY");
            reply.ready();
        });

        DataRow row = standby().identify(SOON).rows().get(0);

        assertThat(row.values().get(0)).isEqualTo(history);
    }

    @Test
    void takesTheAnswerFromAnotherThread() {
        ExecutorService elsewhere = Executors.newSingleThreadExecutor();
        try {
            service.onCommand((session, command, reply) -> elsewhere.execute(() -> answer(reply, command.toString())));
            ScriptedStandby standby = standby();

            for (int i = 0; i < 200; i++) {
                Show command = new Show("s" + i);
                assertThat(standby.execute(command, SOON).rows().get(0).latin1(0))
                        .isEqualTo(command.toString());
            }
        } finally {
            elsewhere.shutdown();
        }
    }

    private static void answer(Reply reply, String value) {
        reply.rowDescription(List.of(Column.text("value")));
        reply.dataRow(List.of(value.getBytes(UTF_8)));
        reply.commandComplete("SHOW");
        reply.ready();
    }

    @Test
    void givesTheNextCommandOnlyWhenTheOneBeforeIsOver() {
        BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();
        service.onCommand((session, command, reply) -> replies.add(reply));
        ScriptedStandby standby = standby();
        List<String> answers = new ArrayList<>();

        IntStream.range(0, 5).forEach(i -> standby.send(new Show("s" + i)));
        for (int i = 0; i < 5; i++) {
            Reply reply = take(replies);
            assertThat(session(standby).commands()).hasSize(i + 1);
            assertThat(replies).isEmpty();
            answer(reply, "v" + i);
            answers.add(standby.answer(SOON).rows().get(0).latin1(0));
        }

        assertThat(answers).containsExactly("v0", "v1", "v2", "v3", "v4");
    }

    static <T> T take(BlockingQueue<T> queue) {
        return soon().until(queue::poll, taken -> taken != null);
    }

    @Test
    void goesOnAfterAnError() {
        service.onCommand((session, command, reply) -> {
            if (session.commands().size() == 1) {
                reply.rowDescription(List.of(Column.text("value")));
                reply.error(ERROR);
            } else {
                answer(reply, "fine");
            }
        });
        ScriptedStandby standby = standby();

        CommandAnswer failed = standby.identify(SOON);
        CommandAnswer next = standby.identify(SOON);

        assertThat(failed.error()).contains(ERROR);
        assertThat(failed.ready()).isTrue();
        assertThat(next.rows().get(0).latin1(0)).isEqualTo("fine");
    }

    @Test
    void refusesACommandThatCannotBeReadInItsTurn() {
        BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();
        service.onCommand((session, command, reply) -> replies.add(reply));
        ScriptedStandby standby = standby();
        standby.send(new Show("first"));
        Reply first = take(replies);
        if (standby.sendMalformedCommand()) {
            first.ready();

            assertThat(standby.answer(SOON).error()).isEmpty();
            CommandAnswer refused = standby.answer(SOON);
            assertThat(refused.error().map(ErrorFields::sqlState)).contains(SqlState.SYNTAX_ERROR);
            assertThat(refused.ready()).isTrue();
            soon().until(() -> session(standby).refusals() == 1);
            standby.send(new Show("second"));
            first = take(replies);
        }
        answer(first, "fine");
        assertThat(standby.answer(SOON).rows().get(0).latin1(0)).isEqualTo("fine");
        assertThat(session(standby).commands()).doesNotContain(new IdentifySystem());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closesAfterAFatalError(boolean elsewhere) {
        BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();
        service.onCommand((session, command, reply) -> {
            if (elsewhere) {
                replies.add(reply);
            } else {
                reply.error(FATAL);
            }
        });
        ScriptedStandby standby = standby();
        standby.send(new IdentifySystem());
        if (elsewhere) {
            take(replies).error(FATAL);
        }

        CommandAnswer answer = standby.answer(SOON);

        assertThat(answer.error()).contains(FATAL);
        assertThat(answer.closed()).isTrue();
        assertThat(awaitClosed(session(standby))).isEqualTo(CloseReason.ENDED_BY_SERVER);
    }

    @Test
    void cancelsWhatTheSessionDoes() {
        BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();
        service.onCommand((session, command, reply) -> replies.add(reply));
        ScriptedStandby standby = standby();
        ScriptedStandby other = standby();
        standby.send(new IdentifySystem());
        take(replies);

        standby.cancel();
        CommandAnswer answer = standby.answer(SOON);

        assertThat(answer.error().map(ErrorFields::sqlState)).contains(SqlState.QUERY_CANCELED);
        assertThat(answer.ready()).isTrue();
        assertThat(session(other).cancels()).isZero();
        standby.send(new IdentifySystem());
        take(replies).ready();
        assertThat(standby.answer(SOON).ready()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sendsNoticesAndChangedParametersAtAnyTime(boolean inCommand) {
        BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();
        service.onCommand((session, command, reply) -> replies.add(reply));
        ScriptedStandby standby = standby();
        ErrorFields notice = new ErrorFields("WARNING", new SqlState("01000"), "careful", "a detail", "a hint");
        if (inCommand) {
            standby.send(new IdentifySystem());
            take(replies);
        }

        session(standby).peer().notice(notice);
        session(standby).peer().parameterChanged("in_hot_standby", "off");

        assertThat(standby.next(SOON)).isEqualTo(new FromServer.Notice(notice));
        assertThat(standby.next(SOON)).isEqualTo(new FromServer.ParameterStatus("in_hot_standby", "off"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void terminatesWithTheLastWord(boolean inCommand) {
        BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();
        service.onCommand((session, command, reply) -> replies.add(reply));
        ScriptedStandby standby = standby();
        if (inCommand) {
            standby.send(new IdentifySystem());
            take(replies);
        }

        session(standby).peer().terminate(FATAL);

        assertThat(standby.next(SOON)).isEqualTo(new FromServer.Failed(FATAL));
        assertThat(standby.next(SOON)).isEqualTo(new FromServer.Closed());
        assertThat(awaitClosed(session(standby))).isEqualTo(CloseReason.ENDED_BY_SERVER);
    }

    @Test
    void dropsWithoutAWord() {
        ScriptedStandby standby = standby();

        session(standby).peer().drop();

        assertThat(standby.next(SOON)).isEqualTo(new FromServer.Closed());
        assertThat(awaitClosed(session(standby))).isEqualTo(CloseReason.ENDED_BY_SERVER);
    }
}
