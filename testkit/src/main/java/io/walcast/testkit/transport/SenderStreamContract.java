// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.command.ReplicationCommand.IdentifySystem;
import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import io.walcast.testkit.service.ScriptedWalStream;
import io.walcast.testkit.service.WalRun;
import io.walcast.testkit.standby.CommandAnswer;
import io.walcast.testkit.standby.FromServer;
import io.walcast.testkit.standby.FromServer.Wal;
import io.walcast.testkit.standby.ScriptedStandby;
import io.walcast.transport.CloseReason;
import io.walcast.transport.Outbound;
import io.walcast.transport.Reply;
import io.walcast.transport.Reply.Column;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream is pulled: all of it arrives, in order, it is asked for when there is something, and it ends as it should. */
abstract class SenderStreamContract extends SenderCommandContract {
    static final int CHUNK_BYTES = 128 << 10;
    private static final ErrorFields ERROR = new ErrorFields(
            "ERROR", SqlState.UNDEFINED_FILE, "requested WAL segment has already been removed", "gone", null);
    private static final ErrorFields FATAL =
            new ErrorFields("FATAL", SqlState.ADMIN_SHUTDOWN, "terminating walsender process", null, null);

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "300, 1, true", "300, 1, false",
        "100000, 777, true", "100000, 777, false",
        "3000000, 8192, true", "3000000, 8192, false",
        "5000000, 131072, true", "5000000, 131072, false"
    })
    void deliversEveryByteInOrder(int bytes, int chunkBytes, boolean inFile) throws IOException {
        byte[] wal = randomWal(bytes);
        try (FileChannel file = fileWith(wal)) {
            ScriptedStandby standby = streaming(stream -> stream.add(
                    inFile ? WalRun.inFile(START, wal, chunkBytes, file) : WalRun.buffered(START, wal, chunkBytes)));

            byte[] received = readWal(standby, START, bytes);

            assertThat(received).isEqualTo(wal);
            awaitAllClosed(stream(standby));
            assertThat(file.isOpen()).isTrue();
            assertThat(file.position()).isEqualTo(bytes);
        }
    }

    final FileChannel fileWith(byte[] wal) throws IOException {
        Path path = directory.resolve("000000010000000000000003");
        Files.write(path, wal);
        FileChannel file = FileChannel.open(path);
        file.position(wal.length);
        return file;
    }

    private static void awaitAllClosed(ScriptedWalStream stream) {
        soon().until(() -> stream.chunks().stream().allMatch(chunk -> chunk.closes() == 1));
    }

    @Test
    void sendsWhatTheChunkSaysOfItself() {
        byte[] wal = randomWal(1000);
        ScriptedStandby standby = streaming(stream -> stream.add(WalRun.buffered(START, wal, 400)));

        Wal first = (Wal) standby.next(SOON);

        assertThat(first.start()).isEqualTo(START);
        assertThat(first.serverEnd()).isEqualTo(START.plus(1000));
        assertThat(first.sentAt()).isEqualTo(WalRun.SENT_AT);
    }

    @Test
    void sendsKeepalivesInTheirPlace() {
        byte[] wal = randomWal(300_000);
        List<FromServer> keepalives = new ArrayList<>();
        ScriptedStandby standby = streaming(stream -> {
            for (int i = 0; i < 3; i++) {
                Lsn at = START.plus(100_000L * i);
                stream.add(keepalive(at, i == 1));
                stream.add(WalRun.buffered(at, Arrays.copyOfRange(wal, 100_000 * i, 100_000 * (i + 1)), 3000));
            }
        });

        for (int i = 0; i < 3; i++) {
            Lsn at = START.plus(100_000L * i);
            keepalives.add(standby.next(SOON));
            assertThat(readWal(standby, at, 100_000)).hasSize(100_000);
            assertThat(keepalives.get(i)).isEqualTo(new FromServer.Keepalive(at, WalRun.SENT_AT, i == 1));
        }
    }

    static Outbound keepalive(Lsn at, boolean replyRequested) {
        return new Outbound.Keepalive(at, WalRun.SENT_AT, replyRequested);
    }

    @Test
    void asksAgainAfterAWake() {
        ScriptedStandby standby = streaming(stream -> {});
        ScriptedWalStream stream = stream(standby);
        byte[] wal = randomWal(10);
        soon().until(() -> stream.asked() > 0);

        for (int i = 0; i < 50; i++) {
            stream.add(WalRun.buffered(START.plus(10L * i), wal, 10)).wake();
            assertThat(readWal(standby, START.plus(10L * i), 10)).isEqualTo(wal);
        }
    }

    @Test
    void asksAfterAWakeAlthoughThereMayBeNothing() {
        ScriptedStandby standby = streaming(stream -> {});
        ScriptedWalStream stream = stream(standby);
        soon().until(() -> stream.asked() > 0);

        for (int i = 0; i < 20; i++) {
            long before = stream.asked();
            stream.wake();
            soon().until(() -> stream.asked() > before);
        }
    }

    @Test
    void doesNotAskWithoutAReason() {
        ScriptedStandby standby = streaming(stream -> stream.add(WalRun.buffered(START, randomWal(10), 10)));
        readWal(standby, START, 10);
        ScriptedWalStream stream = stream(standby);
        soon().until(() -> stream.asked() > 1);

        soon().during(QUIET).until(() -> stream.asked() <= 4);
    }

    @Test
    void missesNoWakeThatComesWhileItAsks() {
        AtomicBoolean first = new AtomicBoolean(true);
        byte[] wal = randomWal(10);
        ScriptedStandby standby = streaming(stream -> stream.onNext(() -> {
            if (stream.asked() == 2) {
                stream.wake();
            } else if (stream.asked() > 2 && first.getAndSet(false)) {
                stream.add(WalRun.buffered(START, wal, 10));
            }
        }));
        soon().until(() -> stream(standby).asked() > 0);

        stream(standby).wake();

        assertThat(readWal(standby, START, 10)).isEqualTo(wal);
    }

    @Test
    void missesNoWakeFromAnotherThread() {
        byte[] wal = randomWal(10);
        int pieces = 20_000;
        ScriptedStandby standby = streaming(stream -> {});
        ScriptedWalStream stream = stream(standby);
        Thread writer = new Thread(() -> {
            for (int i = 0; i < pieces; i++) {
                stream.add(WalRun.buffered(START.plus(10L * i), wal, 10)).wake();
            }
        });
        writer.start();

        assertThat(readWal(standby, START, 10 * pieces)).hasSize(10 * pieces);
    }

    @Test
    void wakesWithoutAStreamMeanNothing() {
        ScriptedStandby standby = standby();
        session(standby).peer().wake();

        assertThat(standby.identify(SOON).ready()).isTrue();
        session(standby).peer().wake();
        assertThat(standby.identify(SOON).ready()).isTrue();
    }

    @Test
    void handsOnEveryMessageOfThePeerInOrder() {
        ScriptedStandby standby = streaming(stream -> {});
        List<StandbyMessage> sent = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            sent.add(i % 3 == 0 ? new HotStandbyFeedback(new PgTimestamp(i), i, 1, -i, 2) : status(i));
        }

        sent.forEach(standby::send);

        soon().until(() -> session(standby).received().size() >= sent.size());
        assertThat(session(standby).received()).isEqualTo(sent);
    }

    @Test
    void goesOnToTheNextTimelineOnTheSameConnection() {
        byte[] wal = randomWal(200_000);
        service.onCommand((session, command, reply) -> {
            ScriptedWalStream stream = session.newStream().onEnded(() -> nextTimeline(reply));
            reply.copyBoth(stream.add(WalRun.buffered(START, wal, CHUNK_BYTES)).add(new Outbound.CopyDone()));
        });
        ScriptedStandby standby = standby();

        for (int timeline = 1; timeline <= 3; timeline++) {
            start(standby);
            assertThat(readWal(standby, START, wal.length)).isEqualTo(wal);
            assertThat(standby.next(SOON)).isEqualTo(new FromServer.CopyDone());
            standby.send(status(timeline));
            standby.copyDone();
            CommandAnswer rest = standby.answer(SOON);

            assertThat(rest.rows().get(0).latin1(0)).isEqualTo("2");
            assertThat(rest.tags()).containsExactly("SELECT", "START_STREAMING");
            assertThat(rest.ready()).isTrue();
            assertThat(stream(standby).hasEnded()).isTrue();
        }
        assertThat(session(standby).received()).containsExactly(status(1), status(2), status(3));
    }

    private static void nextTimeline(Reply reply) {
        reply.rowDescription(List.of(Column.int8("next_tli"), Column.text("next_tli_startpos")));
        reply.dataRow(List.of("2".getBytes(UTF_8), "0/4000000".getBytes(UTF_8)));
        reply.commandComplete("SELECT");
        reply.commandComplete("START_STREAMING");
        reply.ready();
    }

    @Test
    void waitsForThePeerToAgreeToTheEnd() {
        ScriptedStandby standby = streaming(stream -> stream.add(new Outbound.CopyDone()));
        assertThat(standby.next(SOON)).isEqualTo(new FromServer.CopyDone());
        session(standby).peer().wake();

        soon().during(QUIET).until(() -> !stream(standby).hasEnded());
    }

    @Test
    void answersANothingThereWithoutAStream() {
        service.onCommand((session, command, reply) -> nextTimeline(reply));
        ScriptedStandby standby = standby();
        standby.send(new IdentifySystem());

        CommandAnswer answer = standby.answer(SOON);

        assertThat(answer.rows().get(0).latin1(1)).isEqualTo("0/4000000");
        assertThat(answer.messages()).doesNotContain(new FromServer.CopyBoth());
    }

    @Test
    void endsWhenThePeerEndsFirst() {
        byte[] wal = randomWal(1000);
        ScriptedStandby standby = streaming(stream -> stream.add(WalRun.buffered(START, wal, 100)));
        readWal(standby, START, wal.length);

        standby.copyDone();

        assertThat(standby.next(SOON)).isEqualTo(new FromServer.CopyDone());
        CommandAnswer rest = standby.answer(SOON);
        assertThat(rest.tags()).containsExactly("START_STREAMING");
        assertThat(rest.ready()).isTrue();
        start(standby);
        assertThat(readWal(standby, START, wal.length)).isEqualTo(wal);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void goesOnAfterAnErrorInAStream(boolean elsewhere) {
        byte[] wal = randomWal(300_000);
        ScriptedStandby standby = streaming(stream -> stream.add(WalRun.buffered(START, wal, 5000)));
        Reply reply = session(standby).reply();
        assertThat(reply).isNotNull();
        readWal(standby, START, wal.length);
        if (elsewhere) {
            reply.error(ERROR);
        } else {
            session(standby).onMessage(message -> reply.error(ERROR));
            standby.send(status(1));
        }

        CommandAnswer answer = standby.answer(SOON);
        standby.send(status(2));
        standby.copyDone();

        assertThat(answer.messages()).containsExactly(new FromServer.Failed(ERROR), new FromServer.Ready());
        start(standby);
        assertThat(readWal(standby, START, wal.length)).isEqualTo(wal);
        assertThat(session(standby).received()).doesNotContain(status(2));
    }

    @Test
    void sendsWhatItTookBeforeAnError() {
        byte[] wal = randomWal(500_000);
        ScriptedStandby standby = streaming(stream -> stream.add(WalRun.buffered(START, wal, 5000)));
        soon().until(() -> stream(standby).handedOutBytes() == wal.length);

        Reply reply = session(standby).reply();
        assertThat(reply).isNotNull();
        reply.error(ERROR);

        assertThat(readWal(standby, START, wal.length)).isEqualTo(wal);
        assertThat(standby.answer(SOON).messages())
                .containsExactly(new FromServer.Failed(ERROR), new FromServer.Ready());
    }

    @Test
    void shutsDownInGoodOrder() {
        byte[] wal = randomWal(100_000);
        ScriptedStandby standby = streaming(
                stream -> stream.add(WalRun.buffered(START, wal, 5000)).add(new Outbound.Shutdown()));

        assertThat(readWal(standby, START, wal.length)).isEqualTo(wal);
        assertThat(standby.next(SOON)).isEqualTo(new FromServer.CommandComplete("COPY 0"));
        assertThat(standby.next(SOON)).isEqualTo(new FromServer.Closed());
        assertThat(awaitClosed(session(standby))).isEqualTo(CloseReason.ENDED_BY_SERVER);
    }

    @Test
    void terminatesInAStream() {
        byte[] wal = randomWal(100_000);
        ScriptedStandby standby = streaming(stream -> stream.add(WalRun.buffered(START, wal, 5000)));
        readWal(standby, START, wal.length);

        session(standby).peer().terminate(FATAL);

        assertThat(standby.next(SOON)).isEqualTo(new FromServer.Failed(FATAL));
        assertThat(standby.next(SOON)).isEqualTo(new FromServer.Closed());
        assertThat(awaitClosed(session(standby))).isEqualTo(CloseReason.ENDED_BY_SERVER);
    }

    @Test
    void dropsAStream() {
        ScriptedStandby standby = streaming(stream -> stream.add(WalRun.buffered(START, randomWal(10), 10)));
        readWal(standby, START, 10);

        session(standby).peer().drop();

        assertThat(standby.next(SOON)).isEqualTo(new FromServer.Closed());
        assertThat(awaitClosed(session(standby))).isEqualTo(CloseReason.ENDED_BY_SERVER);
    }

    @Test
    void cancelsAStream() {
        ScriptedStandby standby = streaming(stream -> {});

        standby.cancel();

        CommandAnswer answer = standby.answer(SOON);
        assertThat(answer.error().map(ErrorFields::sqlState)).contains(SqlState.QUERY_CANCELED);
        assertThat(answer.ready()).isTrue();
    }

    @Test
    void sendsNoticesAndParametersWithinAStream() {
        ScriptedStandby standby = streaming(stream -> stream.add(WalRun.buffered(START, randomWal(10), 10)));
        readWal(standby, START, 10);
        ErrorFields notice = new ErrorFields("NOTICE", new SqlState("00000"), "by the way", null, null);

        session(standby).peer().notice(notice);
        session(standby).peer().parameterChanged("in_hot_standby", "off");

        assertThat(standby.next(SOON)).isEqualTo(new FromServer.Notice(notice));
        assertThat(standby.next(SOON)).isEqualTo(new FromServer.ParameterStatus("in_hot_standby", "off"));
    }
}
