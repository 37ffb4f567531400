// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.command.ReplicationCommand.IdentifySystem;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.testkit.service.ScriptedService;
import io.walcast.testkit.service.ScriptedSession;
import io.walcast.testkit.service.SessionCall;
import io.walcast.testkit.service.WalRun;
import io.walcast.testkit.standby.FromServer;
import io.walcast.testkit.standby.ScriptedStandby;
import io.walcast.testkit.standby.StandbyLogin;
import io.walcast.transport.CloseReason;
import io.walcast.transport.Listener;
import io.walcast.transport.Outbound;
import io.walcast.transport.Reply;
import io.walcast.transport.Reply.Column;
import io.walcast.transport.WalSenderTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the sending end of every transport must do. A transport proves it with one test class that extends this one and says
 * how a {@link ScriptedStandby} connects over that transport. After each test, every call that was made of the service is
 * judged: none overlapped, none came after {@code closed}, which came once, and every chunk was closed once.
 *
 * <p>The other parts are {@code SenderCommandContract}, {@code SenderStreamContract} and {@code SenderBackPressureContract};
 * this one adds closing, at every moment and from every side, listeners, and many sessions.
 */
public abstract class WalSenderTransportContract extends SenderBackPressureContract {
    private static final int SESSIONS = 100;

    @Test
    void namesItselfAndItsVersion() {
        assertThat(transport().name()).matches("[a-z][a-z0-9]*");
        assertThat(transport().apiVersion()).isEqualTo(WalSenderTransport.API_VERSION);
    }

    @Test
    void noticesAGoodbye() {
        ScriptedStandby standby = standby();
        standby.identify(SOON);

        standby.terminate();

        assertThat(awaitClosed(session(standby))).isEqualTo(CloseReason.TERMINATED_BY_PEER);
    }

    @Test
    void endsTheConnectionOfAPeerThatBreaksTheProtocol() {
        ScriptedStandby standby = standby();
        if (standby.sendGarbage()) {
            assertThat(awaitClosed(session(standby))).isEqualTo(CloseReason.PROTOCOL_VIOLATION);
        }
        assertThat(standby().identify(SOON).ready()).isTrue();
    }

    /** Where a session may be when its peer goes. */
    enum Moment {
        IDLE,
        IN_COMMAND,
        IN_ROWS,
        IN_STREAM,
        AFTER_OUR_COPY_DONE,
        AFTER_THEIR_COPY_DONE
    }

    @ParameterizedTest
    @EnumSource
    void noticesThatAPeerIsGone(Moment moment) {
        ScriptedStandby standby = standbyAt(moment);
        ScriptedSession session = session(standby);

        standby.cut();

        assertThat(awaitClosed(session)).isEqualTo(CloseReason.CONNECTION_LOST);
        answerInVain(session.reply());
        session.peer().wake();
        session.peer().parameterChanged("a", "b");
        session.peer().terminate(new ErrorFields("FATAL", SqlState.ADMIN_SHUTDOWN, "late", null, null));
        session.peer().drop();
        assertThat(standby().identify(SOON)).isNotNull();
    }

    private static void answerInVain(@Nullable Reply reply) {
        if (reply != null) {
            reply.rowDescription(List.of(Column.text("late")));
            reply.dataRow(List.of(new byte[1]));
            reply.commandComplete("LATE");
            reply.ready();
        }
    }

    @ParameterizedTest
    @EnumSource
    void terminatesAtAnyMoment(Moment moment) {
        ScriptedStandby standby = standbyAt(moment);
        ErrorFields fields = new ErrorFields("FATAL", SqlState.ADMIN_SHUTDOWN, "terminating", null, null);

        session(standby).peer().terminate(fields);

        List<FromServer> messages = standby.answer(SOON).messages();
        assertThat(messages).endsWith(new FromServer.Failed(fields), new FromServer.Closed());
        assertThat(awaitClosed(session(standby))).isEqualTo(CloseReason.ENDED_BY_SERVER);
    }

    @ParameterizedTest
    @EnumSource
    void closesTheListenerAtAnyMoment(Moment moment) {
        ScriptedStandby standby = standbyAt(moment);

        listener().close();
        listener().close();

        assertThat(session(standby).closed()).isCompletedWithValue(CloseReason.LISTENER_CLOSED);
        assertThat(standby.answer(SOON).closed()).isTrue();
    }

    private ScriptedStandby standbyAt(Moment moment) {
        BlockingQueue<ScriptedSession> executing = new LinkedBlockingQueue<>();
        service.onCommand((session, command, reply) -> {
            switch (moment) {
                case IDLE, IN_COMMAND -> {}
                case IN_ROWS -> {
                    reply.rowDescription(List.of(Column.text("value")));
                    reply.dataRow(List.of(new byte[10]));
                }
                case IN_STREAM, AFTER_THEIR_COPY_DONE ->
                    reply.copyBoth(session.newStream().add(WalRun.buffered(START, randomWal(1000), 10)));
                case AFTER_OUR_COPY_DONE -> reply.copyBoth(session.newStream().add(new Outbound.CopyDone()));
            }
            executing.add(session);
        });
        ScriptedStandby standby = standby();
        if (moment != Moment.IDLE) {
            standby.send(new IdentifySystem());
            take(executing);
        }
        if (moment == Moment.AFTER_OUR_COPY_DONE) {
            standby.next(SOON);
            assertThat(standby.next(SOON)).isEqualTo(new FromServer.CopyDone());
        } else if (moment == Moment.AFTER_THEIR_COPY_DONE) {
            standby.copyDone();
        }
        service.onCommand((session, command, reply) -> reply.ready());
        return standby;
    }

    @RepeatedTest(20)
    void survivesACutAtAnyMomentOfAStream(RepetitionInfo repetition) {
        byte[] wal = randomWal(8 << 20);
        ScriptedStandby standby = streaming(stream -> stream.add(WalRun.buffered(START, wal, CHUNK_BYTES)));
        readWal(standby, START, repetition.getCurrentRepetition() * 300_000 - 299_999);

        standby.cut();

        assertThat(awaitClosed(session(standby))).isEqualTo(CloseReason.CONNECTION_LOST);
    }

    @Test
    void endsTheSessionThatThrowsAndNoOther() {
        ScriptedStandby other = standby();
        service.onCommand((session, command, reply) -> {
            throw new IllegalStateException("a bug in a session");
        });
        ScriptedStandby standby = standby();

        standby.send(new IdentifySystem());

        assertThat(standby.answer(SOON).closed()).isTrue();
        assertThat(awaitClosed(session(standby))).isEqualTo(CloseReason.ENDED_BY_SERVER);
        service.onCommand((session, command, reply) -> reply.ready());
        assertThat(other.identify(SOON).ready()).isTrue();
    }

    @Test
    void takesNoConnectionOnceToldSo() {
        ScriptedStandby standby = standby();

        listener().stopAccepting();
        listener().stopAccepting();

        assertThatThrownBy(this::standby).isNotNull();
        assertThat(standby.identify(SOON).ready()).isTrue();
    }

    @Test
    void takesNoConnectionOnceClosed() {
        listener().close();

        assertThatThrownBy(this::standby).isNotNull();
    }

    @Test
    void listensAtSeveralAddresses() {
        ScriptedService secondService = new ScriptedService();
        Listener second = listen(secondService);
        ScriptedStandby atFirst = standby();
        ScriptedStandby atSecond = standby(second, StandbyLogin.PHYSICAL.withUser("other"));

        assertThat(second.address()).isNotEqualTo(listener().address());
        assertThat(secondService.sessions())
                .singleElement()
                .satisfies(session -> assertThat(session.request().user()).isEqualTo("other"));
        second.close();
        assertThat(atSecond.next(SOON)).isEqualTo(new FromServer.Closed());
        assertThat(atFirst.identify(SOON).ready()).isTrue();
        assertThat(secondService.complaints()).isEmpty();
    }

    @Test
    void servesManySessionsWithoutAThreadForEach() {
        byte[] wal = randomWal(200_000);
        onStart(stream -> stream.add(WalRun.buffered(START, wal, 10_000)));
        standby();
        int threadsBefore = Thread.activeCount();

        List<ScriptedStandby> standbys = new ArrayList<>();
        IntStream.range(0, SESSIONS).forEach(i -> standbys.add(standby()));
        standbys.forEach(SenderContract::start);

        assertThat(Thread.activeCount() - threadsBefore).isLessThan(SESSIONS / 4);
        standbys.forEach(
                standby -> assertThat(readWal(standby, START, wal.length)).isEqualTo(wal));
        standbys.forEach(standby -> standby.send(status(1)));
        standbys.forEach(
                standby -> soon().until(() -> session(standby).received().size() == 1));
        assertThat(service.sessions().stream()
                        .flatMap(session -> session.calls().stream())
                        .map(SessionCall::thread)
                        .collect(Collectors.toSet()))
                .hasSizeLessThan(SESSIONS / 4);
    }
}
