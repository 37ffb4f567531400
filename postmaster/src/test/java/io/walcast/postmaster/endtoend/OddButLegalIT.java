// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static io.walcast.postmaster.endtoend.StoredNode.FLUSH;
import static io.walcast.postmaster.endtoend.StoredNode.LATER;
import static io.walcast.postmaster.endtoend.StoredNode.LOGIN;
import static io.walcast.postmaster.endtoend.StoredNode.SWITCH;
import static io.walcast.postmaster.endtoend.StoredNode.TIMELINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.command.ReplicationCommand.StartReplication;
import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.postmaster.NodeDirectory;
import io.walcast.postmaster.RelayNode;
import io.walcast.postmaster.ServingProgram;
import io.walcast.testkit.SyntheticWal;
import io.walcast.testkit.primary.ScriptedPrimary;
import io.walcast.testkit.primary.StreamingScript;
import io.walcast.testkit.standby.BackendMessage;
import io.walcast.testkit.standby.CommandAnswer;
import io.walcast.testkit.standby.FromServer;
import io.walcast.testkit.standby.FrontendBytes;
import io.walcast.testkit.standby.LibpqSocket;
import io.walcast.testkit.standby.LibpqStandby;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What honest peers of a server do and a check that is too strict would punish: the list of what is odd but legal, as far as it
 * concerns one who serves WAL. What it says of WAL itself is tested where WAL is read.
 */
@Timeout(60)
class OddButLegalIT {
    private static final Duration ONE_SECOND = Duration.ofSeconds(1);
    private static final int STATUSES_PER_S = 8_640;
    private static final int BURSTS_PER_S = 100;
    private static final int MAX_ANSWERS_PER_S = 100;

    @TempDir
    private Path directory;

    private StoredNode node;

    @BeforeEach
    void start() throws IOException {
        node = new StoredNode(directory.resolve("node"));
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private static StatusUpdate status(Lsn write, Lsn flush, Lsn apply) {
        return new StatusUpdate(write, flush, apply, PgTimestamp.NONE, true);
    }

    /** Reports positions, and waits for the answer. */
    private static void report(LibpqStandby standby, Lsn write, Lsn flush, Lsn apply) {
        standby.send(status(write, flush, apply));
        assertThat(standby.next(PATIENCE))
                .isInstanceOfSatisfying(
                        FromServer.Keepalive.class,
                        answer -> assertThat(answer.replyRequested()).isFalse());
    }

    private static void awaitAsked(LibpqStandby standby) {
        assertThat(standby.next(PATIENCE))
                .isInstanceOfSatisfying(
                        FromServer.Keepalive.class,
                        asked -> assertThat(asked.replyRequested()).isTrue());
    }

    private static void startAt(LibpqStandby standby, Lsn start) {
        assertThat(standby.start(start, TIMELINE, PATIENCE)).isInstanceOf(FromServer.CopyBoth.class);
    }

    private static CommandAnswer answer(LibpqStandby standby, String query) {
        standby.query(query);
        return standby.answer(PATIENCE);
    }

    @Test
    void aRestartedStandbyHasFlushedMoreThanItHasWritten() throws IOException {
        node.createSlot("s");
        LibpqStandby standby = node.streamingThrough("s");

        report(standby, SWITCH, FLUSH, SWITCH);

        assertThat(node.restartLsn("s")).isEqualTo(FLUSH);
    }

    @Test
    void aStandbyThatRestoresFromAnArchiveHasAppliedMoreThanItHasFlushed() throws IOException {
        node.createSlot("s");
        LibpqStandby standby = node.streamingThrough("s");
        Lsn flushed = SWITCH.plus(8192);

        report(standby, SWITCH, flushed, FLUSH);
        report(standby, flushed, flushed, FLUSH);

        assertThat(node.restartLsn("s")).isEqualTo(flushed);
    }

    @Test
    void aFirstFlushBelowTheSlotsRestartLsnLeavesTheSlotWhereItIs() throws IOException {
        node.createSlot("s");
        try (LibpqStandby before = node.streamingThrough("s")) {
            report(before, FLUSH, FLUSH, FLUSH);
        }

        LibpqStandby standby = node.streamingThrough("s");
        report(standby, SWITCH, SWITCH, SWITCH);

        assertThat(node.restartLsn("s")).isEqualTo(FLUSH);
    }

    @Test
    void aReceiverThatNeverFlushesReportsNoPosition() throws IOException {
        node.createSlot("s");
        LibpqStandby standby = node.streamingThrough("s");

        report(standby, FLUSH, Lsn.INVALID, Lsn.INVALID);

        assertThat(node.restartLsn("s")).isEqualTo(SWITCH);
    }

    @Test
    void thousandsOfStatusUpdatesASecondAreTakenAndTheirAnswersMerged() throws IOException {
        node.createSlot("s");
        LibpqStandby standby = node.streamingThrough("s");
        long step = FLUSH.minus(SWITCH) / STATUSES_PER_S;
        Lsn flush = SWITCH;
        int answers = 0;
        long beganNs = System.nanoTime();
        for (int burst = 1; burst <= BURSTS_PER_S; burst++) {
            for (int i = 0; i < STATUSES_PER_S / BURSTS_PER_S; i++) {
                flush = flush.plus(step);
                standby.send(new StatusUpdate(flush, flush, flush, PgTimestamp.NONE, i % 10 == 0));
            }
            answers += answersUntil(standby, beganNs + burst * ONE_SECOND.toNanos() / BURSTS_PER_S);
        }
        standby.send(status(FLUSH, FLUSH, FLUSH));
        answers += answersUntil(standby, System.nanoTime() + ONE_SECOND.toNanos() / 10);
        double seconds = (System.nanoTime() - beganNs) / 1e9;

        assertThat(answers).isBetween(1, (int) (seconds * MAX_ANSWERS_PER_S) + 10);
        report(standby, FLUSH, FLUSH, FLUSH);
        assertThat(node.restartLsn("s")).isEqualTo(FLUSH);
    }

    private static int answersUntil(LibpqStandby standby, long deadlineNs) {
        int answers = 0;
        FromServer message = standby.poll(left(deadlineNs));
        while (message != null) {
            assertThat(message).isInstanceOf(FromServer.Keepalive.class);
            answers++;
            message = standby.poll(left(deadlineNs));
        }
        return answers;
    }

    private static Duration left(long deadlineNs) {
        return Duration.ofNanos(Math.max(0, deadlineNs - System.nanoTime()));
    }

    @Test
    void aStandbyThatHasEverythingGetsKeepalivesUntilThereIsMore() throws IOException {
        LibpqStandby standby = node.connectImpatient();
        startAt(standby, FLUSH);

        for (int i = 0; i < 3; i++) { // longer than the timeout
            awaitAsked(standby);
            standby.send(new StatusUpdate(FLUSH, FLUSH, FLUSH, PgTimestamp.NONE, false));
        }
        node.more();

        StoredNode.awaitWal(standby, LATER);
    }

    @Test
    void aStartAtTheSwitchPointOfAnOldTimelineIsAnsweredWithTheNextOne() throws IOException {
        LibpqStandby standby = node.connect();

        standby.send(new StartReplication(null, SWITCH, TimelineId.FIRST));
        CommandAnswer answer = standby.answer(PATIENCE);

        assertThat(answer.messages()).noneMatch(FromServer.CopyBoth.class::isInstance);
        assertThat(answer.error()).isEmpty();
        assertThat(answer.rows())
                .singleElement()
                .satisfies(row -> assertThat(List.of(String.valueOf(row.latin1(0)), String.valueOf(row.latin1(1))))
                        .containsExactly(TIMELINE.toString(), SWITCH.toString()));
        assertThat(answer.ready()).isTrue();
    }

    @Test
    void aStartIsWrittenInManyWays() throws IOException {
        LibpqStandby standby = node.connect();
        for (String text : List.of(
                "START_REPLICATION 0/1000abc",
                "START_REPLICATION 00000000/01000ABC;",
                "START_REPLICATION 0/01000aBc TIMELINE 2",
                "START_REPLICATION PHYSICAL 0/1000ABC TIMELINE 2 ;")) {
            standby.query(text);

            assertThat(standby.next(PATIENCE)).as(text).isInstanceOf(FromServer.CopyBoth.class);
            assertThat(standby.next(PATIENCE))
                    .as(text)
                    .isInstanceOfSatisfying(
                            FromServer.Wal.class, wal -> assertThat(wal.start()).isEqualTo(Lsn.parse("0/1000ABC")));
            standby.copyDone();
            assertThat(standby.answer(PATIENCE).ready()).as(text).isTrue();
        }
    }

    @Test
    void statusUpdatesKeepComingAfterTheServersCopyDone() throws IOException {
        LibpqStandby standby = node.connect();
        standby.send(new StartReplication(null, new Lsn(SWITCH.value() - 8192), TimelineId.FIRST));
        while (!(standby.next(PATIENCE) instanceof FromServer.CopyDone)) {
            // to the end of the timeline
        }

        for (int i = 0; i < 50; i++) {
            standby.send(status(SWITCH, SWITCH, SWITCH));
            standby.send(HotStandbyFeedback.none(PgTimestamp.NONE));
        }
        standby.copyDone();
        CommandAnswer answer = standby.answer(PATIENCE);

        assertThat(answer.error()).isEmpty();
        assertThat(answer.rows()).hasSize(1);
        assertThat(answer.ready()).isTrue();
    }

    @Test
    void feedbackIsTakenBackWithTransactionZero() throws IOException {
        LibpqStandby standby = node.connect();
        startAt(standby, FLUSH);

        standby.send(new HotStandbyFeedback(PgTimestamp.NONE, 1000, 0, 0, 0));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(node.status()).containsPattern("\"backend_xmin\"\\s*:\\s*1000"));
        standby.send(HotStandbyFeedback.none(PgTimestamp.NONE));

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(node.status()).containsPattern("\"backend_xmin\"\\s*:\\s*null"));
    }

    @Test
    void encryptionIsAskedForTwiceBeforeASessionInTheClear() throws IOException {
        try (LibpqSocket socket = LibpqSocket.open(node.address())) {
            socket.send(FrontendBytes.gssEncRequest());
            assertThat(socket.readByte(PATIENCE)).isEqualTo('N');
            socket.send(FrontendBytes.sslRequest());
            assertThat(socket.readByte(PATIENCE)).isEqualTo('N');

            LibpqStandby standby = LibpqStandby.begin(node.address(), socket, FrontendBytes.PROTOCOL_3_0, LOGIN);

            assertThat(standby.identify(PATIENCE).ready()).isTrue();
        }
    }

    @Test
    void aNewerProtocolIsNegotiated() throws IOException {
        try (LibpqSocket socket = LibpqSocket.open(node.address())) {
            Map<String, String> parameters = LibpqStandby.startupParameters(LOGIN.with("_pq_.future", "1"));
            socket.send(FrontendBytes.startup(FrontendBytes.PROTOCOL_3_2, parameters));
            List<Character> tags = new ArrayList<>();
            BackendMessage message;
            do {
                message = socket.read(PATIENCE);
                tags.add(message == null ? 0 : message.tag());
            } while (message != null && message.tag() != 'Z');

            assertThat(tags).startsWith('v', 'R').endsWith('Z').doesNotContain('E');
        }
    }

    @Test
    void cancelRequestsWithAWrongKeyHarmNobody() throws IOException {
        LibpqStandby standby = node.connect();
        startAt(standby, FLUSH);
        for (int i = 0; i < 30; i++) {
            try (LibpqSocket request = LibpqSocket.open(node.address())) {
                request.send(FrontendBytes.cancelRequest(standby.pid(), new byte[] {1, 2, 3, (byte) i}));
                assertThat(request.readByte(PATIENCE)).isEqualTo(-1);
            }
        }

        report(standby, FLUSH, FLUSH, FLUSH);
        assertThat(node.connect().identify(PATIENCE).ready()).isTrue();
    }

    @Test
    void commandsAreWrittenAsOldReleasesHadThem() throws IOException {
        try (StoredNode old = new StoredNode(directory.resolve("old"), "server_version = '14.23'")) {
            LibpqStandby standby = old.connect();

            CommandAnswer slot = answer(standby, "CREATE_REPLICATION_SLOT s PHYSICAL RESERVE_WAL");
            CommandAnswer backup = answer(standby, "BASE_BACKUP LABEL 'x' FAST");

            assertThat(slot.tags()).containsExactly("CREATE_REPLICATION_SLOT");
            assertThat(backup.error().map(ErrorFields::sqlState)).contains(SqlState.FEATURE_NOT_SUPPORTED);
            assertThat(standby.identify(PATIENCE).ready()).isTrue();
        }
        assertThat(answer(node.connect(), "CREATE_REPLICATION_SLOT s PHYSICAL RESERVE_WAL")
                        .error())
                .isEmpty();
        assertThat(node.restartLsn("s")).isEqualTo(SWITCH);
    }

    @Test
    void standbysShareANameOrHaveNone() throws IOException {
        List<LibpqStandby> standbys = new ArrayList<>();
        for (String name : List.of("walreceiver", "walreceiver", "walreceiver", "", "")) {
            LibpqStandby standby = node.connect(LOGIN.with("application_name", name));
            startAt(standby, FLUSH);
            standbys.add(standby);
        }

        standbys.forEach(standby -> report(standby, FLUSH, FLUSH, FLUSH));
    }

    @Test
    void aSlotIsThereAgainAtOnceWhenItsStandbyHasHungUp() throws IOException {
        node.createSlot("s");
        for (int i = 0; i < 10; i++) {
            try (LibpqStandby standby = node.connect()) {
                standby.send(new StartReplication("s", FLUSH, TIMELINE));

                assertThat(standby.next(ONE_SECOND)).isInstanceOf(FromServer.CopyBoth.class);
            }
        }
    }

    @Test
    void aStandbyLeavesInMidStreamWithOrWithoutAWord() throws IOException {
        LibpqStandby polite = node.connect();
        startAt(polite, SWITCH);
        polite.socket().send(FrontendBytes.terminate());
        LibpqStandby curt = node.connect();
        startAt(curt, SWITCH);
        curt.socket().shutdownOutput();

        for (LibpqStandby standby : List.of(polite, curt)) {
            CommandAnswer rest = standby.answer(PATIENCE);
            assertThat(rest.error()).isEmpty();
            assertThat(rest.closed()).isTrue();
        }
        assertThat(node.connect().identify(PATIENCE).ready()).isTrue();
    }

    @Test
    void aKeepaliveOfThePrimaryMayLieBeforeTheWalItHasSent() throws IOException {
        SegmentSize size = new SegmentSize(SegmentSize.MIN_BYTES);
        SystemIdentifier system = new SystemIdentifier(7_000_000_000_000_000_002L);
        SyntheticWal wal = new SyntheticWal(system, TimelineId.FIRST, size, 1);
        StreamingScript script = StreamingScript.of(
                        system, TimelineId.FIRST, size, SWITCH, wal.bytes(SWITCH, (int) FLUSH.minus(SWITCH)))
                .withStreamed(session -> {
                    session.sendKeepalive(SWITCH, true);
                    session.sendXLogData(FLUSH, SWITCH, wal.bytes(FLUSH, (int) LATER.minus(FLUSH)));
                    session.sendKeepalive(SWITCH, true);
                    StreamingScript.followUntilCopyDone(session);
                });
        Path home = directory.resolve("receiving");
        ServingProgram.initialize(home, false);
        try (ScriptedPrimary primary = ScriptedPrimary.start(script);
                RelayNode relay = new RelayNode(NodeDirectory.laidOut(home))) {
            relay.receiveFrom(primary.conninfo(""));
            relay.awaitFlush(LATER);

            try (LibpqStandby standby = LibpqStandby.connect(relay.address(), LOGIN)) {
                assertThat(standby.start(SWITCH, TimelineId.FIRST, PATIENCE)).isInstanceOf(FromServer.CopyBoth.class);
                StoredNode.awaitWal(standby, LATER);
            }
            assertThat(primary.sessions()).hasSize(1);
        }
    }

    @Test
    void aStatusUpdateComesInTwoHalvesWithALongPauseBetween() throws IOException {
        LibpqStandby standby = node.connectImpatient();
        startAt(standby, FLUSH);
        byte[] update = FrontendBytes.copyData(status(FLUSH, FLUSH, FLUSH));

        for (int half = 3; half < 30; half += 10) { // longer than the timeout
            standby.socket().send(Arrays.copyOf(update, half));
            awaitAsked(standby);
            standby.socket().send(Arrays.copyOfRange(update, half, update.length));

            assertThat(standby.next(PATIENCE)).isInstanceOf(FromServer.Keepalive.class);
        }
        report(standby, FLUSH, FLUSH, FLUSH);
    }

    @Test
    void theClockOfAPeerIsYearsAwayAndItsLagIsNot() throws IOException {
        List<String> times = List.of("1970-01-01T00:00:00Z", "2097-01-01T00:00:00Z");
        List<LibpqStandby> standbys = new ArrayList<>();
        for (int i = 0; i < times.size(); i++) {
            LibpqStandby standby = node.connect();
            startAt(standby, FLUSH);
            standbys.add(standby);
        }
        node.more();
        for (int i = 0; i < times.size(); i++) {
            StoredNode.awaitWal(standbys.get(i), LATER);
            PgTimestamp clock = PgTimestamp.of(Instant.parse(times.get(i)));
            standbys.get(i).send(new StatusUpdate(LATER, LATER, LATER, clock, false));
        }

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(node.status())
                        .contains(times)
                        .containsPattern("(?s)(\"(write|flush|replay)_lag\"\\s*:\\s*\"00:00:0\\d(\\.\\d+)?\".*){6}"));
    }

    @Test
    void aStandbyThatIsAheadIsRefusedUntilThereIsEnough() throws IOException {
        LibpqStandby standby = node.connect();
        Lsn ahead = FLUSH.plus(30_000);
        startAt(standby, ahead);
        CommandAnswer refused = standby.answer(PATIENCE);
        assertThat(refused.error().map(ErrorFields::message).orElse(""))
                .contains("is ahead of the WAL flush position of this server " + FLUSH);
        assertThat(refused.ready()).isTrue();

        node.more();
        startAt(standby, ahead);

        StoredNode.awaitWal(standby, LATER);
    }

    @Test
    void whatAStandbyReportsBeyondOurOwnWalDoesNotCount() throws IOException {
        node.createSlot("s");
        LibpqStandby standby = node.streamingThrough("s");

        report(standby, LATER, LATER, LATER);
        report(standby, LATER, LATER, LATER);

        assertThat(node.restartLsn("s")).isLessThanOrEqualTo(FLUSH);
    }
}
