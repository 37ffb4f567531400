// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import static io.walcast.walreceiver.SessionFixture.SIZE;
import static io.walcast.walreceiver.SessionFixture.START;
import static io.walcast.walreceiver.SessionFixture.TWO;
import static io.walcast.walreceiver.SessionFixture.WAL;
import static io.walcast.walreceiver.SessionFixture.WAL_TWO;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.Retry;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import io.walcast.ipc.WalRcvState;
import io.walcast.testkit.transport.PrimaryCall;
import io.walcast.testkit.transport.PrimaryStream;
import io.walcast.testkit.transport.Reaction;
import io.walcast.transport.EndResult;
import io.walcast.transport.SlotPosition;
import io.walcast.transport.SystemIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class WalReceiverSessionTest {
    private static final String FIRST_FILE = "000000010000000000000010";
    private static final String HISTORY = "00000002.history";
    private static final int SEGMENT = SIZE.bytes();

    @TempDir
    private Path directory;

    private SessionFixture fixture;

    @BeforeEach
    void open() {
        fixture = new SessionFixture(directory.resolve("wal"));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void keepsWhatItReceivedAndConfirmsItBeforeItStops() throws Exception {
        fixture.streams(SEGMENT + 5_000);

        assertThat(fixture.runUntilFlushed(START.plus(SEGMENT + 5_000))).isEqualTo(ReceiveEnd.STOP_REQUESTED);

        assertThat(fixture.files()).containsExactly(FIRST_FILE, "000000010000000000000011.partial");
        assertThat(fixture.file(FIRST_FILE)).isEqualTo(WAL.bytes(START, SEGMENT));
        assertThat(Arrays.copyOf(fixture.file("000000010000000000000011.partial"), 5_000))
                .isEqualTo(WAL.bytes(START.plus(SEGMENT), 5_000));
        assertThat(fixture.primary.journal().lastStatus())
                .satisfies(status -> assertThat(status.flush()).isEqualTo(START.plus(SEGMENT + 5_000)));
        assertThat(fixture.finished).containsExactly(START.plus(SEGMENT));
    }

    @Test
    void goesThroughTheStatesInOrder() throws Exception {
        fixture.streams(100);

        fixture.runUntilFlushed(START.plus(100));

        assertThat(fixture.states)
                .containsExactly(
                        WalRcvState.STARTING,
                        WalRcvState.CONNECTING,
                        WalRcvState.STREAMING,
                        WalRcvState.STOPPING,
                        WalRcvState.STOPPED);
    }

    @Test
    void startsAtTheSegmentOfTheServersPositionWhenThereIsNothingElse() throws Exception {
        fixture.identity(TimelineId.FIRST, START.plus(SEGMENT * 3L + 77));
        fixture.primary.stream(new PrimaryStream().shutdown());

        assertThat(fixture.run()).isEqualTo(ReceiveEnd.SERVER_SHUTDOWN);

        assertThat(fixture.primary.journal().calls(PrimaryCall.START_STREAMING))
                .containsExactly(START.plus(SEGMENT * 3L) + "/1");
    }

    @Test
    void startsWhereTheSlotKeepsWalFromWhenThereAreNoFiles() {
        fixture.identity(TimelineId.FIRST, START.plus(SEGMENT * 3L));
        fixture.primary.slot("vault", new SlotPosition("physical", START.plus(10), TimelineId.FIRST));
        fixture.primary.stream(new PrimaryStream().shutdown());

        fixture.configure(config -> config.withSlot("vault")).run();

        assertThat(fixture.primary.journal().calls(PrimaryCall.START_STREAMING))
                .containsExactly("vault " + START + "/1");
    }

    @Test
    void goesOnWithTheUnfinishedSegmentFromItsStart() throws Exception {
        fixture.streams(SEGMENT + 5_000);
        fixture.runUntilFlushed(START.plus(SEGMENT + 5_000));
        Lsn second = START.plus(SEGMENT);
        fixture.primary.stream(new PrimaryStream().wal(second, WAL.bytes(second, SEGMENT), 77_777));

        fixture.runUntilFlushed(START.plus(2L * SEGMENT));

        assertThat(fixture.file("000000010000000000000011")).isEqualTo(WAL.bytes(second, SEGMENT));
        assertThat(fixture.primary.journal().calls(PrimaryCall.START_STREAMING))
                .containsExactly(START + "/1", second + "/1");
    }

    @Test
    void refusesAServerThatSendsOtherBytesThanThoseItHolds() throws Exception {
        fixture.streams(5_000);
        fixture.runUntilFlushed(START.plus(5_000));
        byte[] before = fixture.file(FIRST_FILE + ".partial");
        byte[] other = WAL.bytes(START, 9_000);
        other[4_000] ^= 1;
        fixture.primary.stream(new PrimaryStream().wal(START, other));

        assertThatThrownBy(fixture::run)
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("stored bytes differ: possible timeline fork");

        assertThat(fixture.file(FIRST_FILE + ".partial")).isEqualTo(before);
    }

    @Test
    void refusesAnotherCluster() throws Exception {
        fixture.streams(5_000);
        fixture.runUntilFlushed(START.plus(5_000));
        fixture.primary.identity(
                new SystemIdentity(new SystemIdentifier(5), TimelineId.FIRST, START.plus(9_000), null));

        assertThatThrownBy(fixture::run)
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.sqlState()).isEqualTo(SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE))
                .hasMessageContaining("database system identifier differs between the primary and standby");
    }

    @ParameterizedTest
    @CsvSource({"13, older than 14", "19, newer than 18"})
    void refusesAServerOfAVersionItDoesNotKnow(int major, String reason) throws Exception {
        fixture.primary.serverMajor(major);

        assertThatThrownBy(fixture::run)
                .isInstanceOfSatisfying(RefusedException.class, e -> {
                    assertThat(e.sqlState()).isEqualTo(SqlState.FEATURE_NOT_SUPPORTED);
                    assertThat(e.retry()).isEqualTo(Retry.NEVER);
                })
                .hasMessage("incompatible server version " + major
                        + ".0; client does not support streaming from server versions " + reason);

        assertThat(fixture.files()).isEmpty();
        assertThat(fixture.primary.journal().calls(PrimaryCall.IDENTIFY_SYSTEM)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 15, 16, 17, 18})
    void receivesFromEveryVersionItKnows(int major) throws Exception {
        fixture.primary.serverMajor(major);
        fixture.streams(5_000);

        assertThat(fixture.runUntilFlushed(START.plus(5_000))).isEqualTo(ReceiveEnd.STOP_REQUESTED);
    }

    @Test
    void refusesAnotherClusterAlsoWhenAnArchiverTookEverySegment() throws Exception {
        fixture.streams(SEGMENT);
        fixture.runUntilFlushed(START.plus(SEGMENT));
        Files.delete(fixture.path.resolve(FIRST_FILE));
        fixture.primary.identity(
                new SystemIdentity(new SystemIdentifier(5), TimelineId.FIRST, START.plus(9_000), null));

        assertThatThrownBy(fixture::run)
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("database system identifier differs");
    }

    @Test
    void refusesAnotherSegmentSize() throws Exception {
        fixture.streams(5_000);
        fixture.runUntilFlushed(START.plus(5_000));
        fixture.primary.setting("wal_segment_size", "16MB");

        assertThatThrownBy(fixture::run)
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("incorrect segment size");
    }

    @Test
    void dropsTheConnectionOnAGapAndKeepsWhatCameBefore() throws Exception {
        fixture.streams(5_000).wal(START.plus(5_001), WAL.bytes(START.plus(5_001), 10));

        assertThatThrownBy(fixture::run)
                .isInstanceOf(ProtocolViolationException.class)
                .hasMessageContaining("WAL gap or overlap: expected 0/1001388, got 0/1001389");

        assertThat(Arrays.copyOf(fixture.file(FIRST_FILE + ".partial"), 5_000)).isEqualTo(WAL.bytes(START, 5_000));
        assertThat(fixture.file(FIRST_FILE + ".partial")[5_001]).isZero();
    }

    @Test
    void dropsTheConnectionOnAnOverlapWithEqualBytesAndStopsOnOneWithOthers() {
        fixture.streams(5_000).wal(START.plus(100), WAL.bytes(START.plus(100), 10));
        assertThatThrownBy(fixture::run).isInstanceOf(ProtocolViolationException.class);

        fixture.streams(5_000).wal(START.plus(100), new byte[10]);
        assertThatThrownBy(fixture::run)
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("possible timeline fork");
    }

    @Test
    void stopsAtTheEndPositionOnlyWhenWalAfterItHasCome() {
        fixture.streams(5_000);

        ReceiveEnd end = fixture.configure(config -> config.withEndPosition(START.plus(4_999)))
                .run();

        assertThat(end).isEqualTo(ReceiveEnd.END_POSITION);
        assertThat(fixture.primary.journal().lastStatus())
                .satisfies(status -> assertThat(status.flush()).isEqualTo(START.plus(5_000)));
    }

    @Test
    void confirmsTheShutdownOfTheServerInTheMiddleOfASegment() {
        fixture.configure(config -> config.withFlush(FlushPolicy.SEGMENT_END, true));
        fixture.streams(5_000).keepalive(START.plus(5_000), true).shutdown();

        assertThat(fixture.run()).isEqualTo(ReceiveEnd.SERVER_SHUTDOWN);

        assertThat(fixture.shared.flushedUpto()).isEqualTo(START.plus(5_000));
    }

    @Test
    void answersARequestWithAFlushPositionThatCoversIt() throws Exception {
        fixture.configure(
                config -> config.withFlush(FlushPolicy.SEGMENT_END, true).withStatusInterval(Duration.ZERO));
        fixture.streams(5_000).keepalive(START.plus(5_000), true);

        fixture.runUntilFlushed(START.plus(5_000));

        assertThat(fixture.primary.journal().lastStatus())
                .satisfies(status -> assertThat(status.flush()).isEqualTo(START.plus(5_000)));
    }

    @Test
    void neverMovesAPositionOnAKeepalive() throws Exception {
        fixture.streams(5_000).keepalive(new Lsn(-1), true).keepalive(START, false);

        fixture.runUntilFlushed(START.plus(5_000));

        assertThat(fixture.shared.flushedUpto()).isEqualTo(START.plus(5_000));
        assertThat(fixture.warnings).anyMatch(text -> text.contains("moved back"));
    }

    @Test
    void followsATimelineSwitchOnTheSameConnection() throws Exception {
        Lsn fork = START.plus(5_000);
        byte[] history = "1\t0/1001388\tno recovery target specified\n".getBytes(US_ASCII);
        fixture.streams(5_000).endOfTimeline(TWO, fork);
        fixture.primary.history(TWO, history);
        fixture.primary.stream(new PrimaryStream().wal(START, WAL_TWO.bytes(START, 9_000)));

        fixture.runUntilFlushed(START.plus(9_000));

        assertThat(fixture.files())
                .containsExactly(FIRST_FILE + ".partial", HISTORY, "000000020000000000000010.partial");
        assertThat(fixture.file(HISTORY)).isEqualTo(history);
        assertThat(fixture.primary.journal().calls(PrimaryCall.CONNECT)).hasSizeLessThanOrEqualTo(1);
        assertThat(fixture.primary.journal().calls(PrimaryCall.START_STREAMING))
                .containsExactly(START + "/1", START + "/2");
        assertThat(fixture.states)
                .containsSubsequence(WalRcvState.WAITING, WalRcvState.RESTARTING, WalRcvState.STREAMING);
    }

    @Test
    void followsATimelineThatEndedBeforeItConnected() throws Exception {
        fixture.streams(5_000);
        fixture.runUntilFlushed(START.plus(5_000));
        fixture.identity(TWO, START.plus(9_000));
        fixture.primary.history(TWO, "1\t0/1001388\tx\n".getBytes(US_ASCII));
        fixture.streams(5_000).endOfTimeline(TWO, START.plus(5_000));
        fixture.primary.stream(new PrimaryStream().wal(START, WAL_TWO.bytes(START, 9_000)));

        fixture.runUntilFlushed(START.plus(9_000));

        assertThat(fixture.shared.receivedTimeline()).isEqualTo(TWO);
    }

    @Test
    void goesOnWithTheNextTimelineWhenNothingIsLeftOfTheOldOne() throws Exception {
        fixture.identity(TWO, START.plus(9_000));
        fixture.primary.history(TWO, "1\t0/1000000\tx\n".getBytes(US_ASCII));
        fixture.primary.slot("s", new SlotPosition("physical", START, TimelineId.FIRST));
        fixture.configure(config -> config.withSlot("s"));
        fixture.primary.stream(PrimaryStream.nothingThere(new EndResult(TWO, START)));
        fixture.primary.stream(new PrimaryStream().wal(START, WAL_TWO.bytes(START, 9_000)));

        fixture.runUntilFlushed(START.plus(9_000));

        assertThat(fixture.files()).containsExactly(HISTORY, "000000020000000000000010.partial");
    }

    @Test
    void refusesAHistoryThatLeftOursBehindAndKeepsNothingOfIt() throws Exception {
        fixture.streams(SEGMENT + 5_000);
        fixture.runUntilFlushed(START.plus(SEGMENT + 5_000));
        fixture.identity(TWO, START.plus(9_000));
        fixture.primary.history(TWO, "1\t0/1001388\tx\n".getBytes(US_ASCII));

        assertThatThrownBy(fixture::run)
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("goes past the fork at 0/1001388: diverged");

        assertThat(fixture.files()).doesNotContain(HISTORY);
    }

    @Test
    void followsAServerThatLostTheHistoryItGaveUs() throws Exception {
        followsATimelineSwitchOnTheSameConnection();
        fixture.identity(TWO, START.plus(9_000));
        fixture.primary.failOn(
                PrimaryCall.TIMELINE_HISTORY, ErrorFields.error(SqlState.UNDEFINED_FILE, "could not open file"));
        fixture.primary.stream(new PrimaryStream().wal(START, WAL_TWO.bytes(START, 12_000)));

        fixture.runUntilFlushed(START.plus(12_000));

        assertThat(fixture.warnings).contains("the server has no history file of its own timeline 2");
    }

    @Test
    void refusesAServerThatIsOnAnOlderTimeline() throws Exception {
        followsATimelineSwitchOnTheSameConnection();
        fixture.identity(TimelineId.FIRST, START.plus(5_000));

        assertThatThrownBy(fixture::run)
                .isInstanceOf(RefusedException.class)
                .hasMessage("highest timeline 1 of the primary is behind recovery timeline 2");
    }

    @Test
    void refusesANextTimelineThatCannotFollow() {
        fixture.streams(5_000).endOfTimeline(TimelineId.FIRST, START);
        assertThatThrownBy(fixture::run)
                .isInstanceOf(RefusedException.class)
                .hasMessage("server reported unexpected next timeline 1, following timeline 1");

        fixture.streams(5_000).endOfTimeline(TWO, START.plus(5_001));
        assertThatThrownBy(fixture::run)
                .isInstanceOf(RefusedException.class)
                .hasMessage("server stopped streaming timeline 1 at 0/1001388, but reported next timeline 2 to begin at"
                        + " 0/1001389");
    }

    @Test
    void refusesToSkipWalThatIsGoneAtTheServer() {
        ErrorFields gone = ErrorFields.error(
                SqlState.UNDEFINED_FILE, "requested WAL segment " + FIRST_FILE + " has already been removed");
        fixture.primary.stream(new PrimaryStream().fail(gone));

        assertThatThrownBy(fixture::run)
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlState.UNDEFINED_FILE))
                .hasMessageContaining("has already been removed")
                .hasMessageContaining("timeline 1 from 0/1000000 on is gone");
    }

    @Test
    void refusesASlotThatIsNotThere() {
        fixture.configure(config -> config.withSlot("missing"));

        assertThatThrownBy(fixture::run)
                .isInstanceOf(RefusedException.class)
                .hasMessage("replication slot \"missing\" does not exist");
    }

    @Test
    void makesTheSlotOnceAndUsesTheOneThatIsThere() {
        fixture.configure(config -> config.withCreatedSlot("vault"));
        fixture.primary.stream(new PrimaryStream().shutdown());
        fixture.primary.stream(new PrimaryStream().shutdown());

        fixture.run();
        fixture.run();

        assertThat(fixture.primary.slots()).containsOnlyKeys("vault");
        assertThat(fixture.primary.journal().calls(PrimaryCall.CREATE_SLOT)).hasSize(2);
    }

    @Test
    void tellsTheServersOwnErrorUnchanged() {
        fixture.primary.failOn(
                PrimaryCall.START_STREAMING, ErrorFields.error(SqlState.OBJECT_IN_USE, "slot is active"));

        assertThatThrownBy(fixture::run)
                .isInstanceOfSatisfying(
                        ServerErrorException.class,
                        e -> assertThat(e.sqlState()).isEqualTo(SqlState.OBJECT_IN_USE));
    }

    @Test
    void noticesASilentServer() {
        fixture.configure(config -> config.withReceiveTimeout(Duration.ofMillis(200)));
        fixture.streams(100);

        assertThatThrownBy(fixture::run)
                .isInstanceOf(ConnectionException.class)
                .hasMessage("terminating walreceiver due to timeout");

        assertThat(fixture.primary.journal().lastStatus())
                .satisfies(status -> assertThat(status.replyRequested()).isTrue());
    }

    @Test
    void reportsALostConnectionAndKeepsWhatCameBefore() throws Exception {
        fixture.streams(5_000).drop();

        assertThatThrownBy(fixture::run).isInstanceOf(ConnectionException.class);

        assertThat(Arrays.copyOf(fixture.file(FIRST_FILE + ".partial"), 5_000)).isEqualTo(WAL.bytes(START, 5_000));
    }

    @Test
    void confirmsTheShutdownOfTheServerWithoutSyncsToo() {
        fixture.configure(config -> config.withFlush(FlushPolicy.NONE, true));
        fixture.streams(5_000).keepalive(START.plus(5_000), true).shutdown();

        fixture.run();

        assertThat(fixture.shared.flushedUpto()).isEqualTo(START.plus(5_000));
    }

    @Test
    void refusesASegmentSizeThatCannotBe() {
        fixture.primary.setting("wal_segment_size", "3MB");

        assertThatThrownBy(fixture::run)
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("wal_segment_size of the server");
    }

    @Test
    void stopsWhileTheServerDoesNotAnswerTheStartOfStreaming() throws Exception {
        fixture.primary.on(PrimaryCall.START_STREAMING, new Reaction.Stall());
        WalReceiverSession session = fixture.session();
        CompletableFuture<ReceiveEnd> end = CompletableFuture.supplyAsync(session::run);
        fixture.primary.journal().awaitCall(PrimaryCall.START_STREAMING, Duration.ofSeconds(10));

        session.stop();

        assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo(ReceiveEnd.STOP_REQUESTED);
    }

    @Test
    void stopsWhileItConnects() throws Exception {
        fixture.primary.on(PrimaryCall.IDENTIFY_SYSTEM, new Reaction.Stall());
        WalReceiverSession session = fixture.session();
        CompletableFuture<ReceiveEnd> end = CompletableFuture.supplyAsync(session::run);
        fixture.primary.journal().awaitCall(PrimaryCall.IDENTIFY_SYSTEM, Duration.ofSeconds(10));

        session.stop();

        assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo(ReceiveEnd.STOP_REQUESTED);
    }

    @Test
    void sendsFeedbackWhenAskedTo() throws Exception {
        HotStandbyFeedback feedback = new HotStandbyFeedback(PgTimestamp.NONE, 700, 0, 0, 0);
        fixture.configure(config -> config.withFeedback(() -> feedback));
        fixture.streams(100);

        fixture.runUntilFlushed(START.plus(100));

        assertThat(fixture.primary.journal().lastFeedback()).isEqualTo(feedback);
    }
}
