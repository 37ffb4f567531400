// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.command.ReplicationCommand.CreateReplicationSlot;
import io.walcast.command.ReplicationCommand.DropReplicationSlot;
import io.walcast.command.ReplicationCommand.IdentifySystem;
import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import io.walcast.core.storage.ServedPosition;
import io.walcast.ipc.ReplicationSlotRow.WalStatus;
import io.walcast.ipc.StandbyFeedback;
import io.walcast.ipc.StatReplicationRow;
import io.walcast.transport.CancelKey;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.walsender.slot.WalExtent;
import io.walcast.walsender.slot.WalKeepLimits;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class WalSenderServiceTest {
    private final SenderRig rig = new SenderRig();

    private AbstractThrowableAssert<?, ?> refused(Mode mode, String user, Map<String, String> parameters, String code) {
        return assertThatThrownBy(() -> rig.service.open(SenderRig.request(mode, user, parameters), new RecordedPeer()))
                .isInstanceOfSatisfying(ServerErrorException.class, e -> {
                    assertThat(e.fields().severity()).isEqualTo("FATAL");
                    assertThat(e.sqlState().code()).isEqualTo(code);
                });
    }

    @Test
    void announcesItselfAsPostgresql() {
        SenderRig.Client client = rig.connect();

        assertThat(client.session.parameters())
                .containsEntry("server_version", "18.0")
                .containsEntry("in_hot_standby", "on")
                .containsEntry("application_name", "standby1")
                .containsEntry("session_authorization", "rep")
                .containsEntry("integer_datetimes", "on");
        assertThat(rig.service.serverMajor()).isEqualTo(18);
        assertThat(client.session.pid()).isPositive();
    }

    @Test
    void announcesAnotherVersionIfItIsSet() {
        rig.set("server_version", "15.9");
        assertThat(rig.service.serverMajor()).isEqualTo(15);
        assertThat(rig.connect().session.parameters()).containsEntry("server_version", "15.9");
    }

    @Test
    void isStartingUpAsLongAsThereIsNoWal() {
        rig.wal.forget();
        assertThat(rig.service.serverMajor()).isEqualTo(18);
        refused(Mode.PHYSICAL, "rep", Map.of(), "57P03").hasMessage("the database system is starting up");
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"LOGICAL", "SQL"})
    void servesNoDatabases(Mode mode) {
        refused(mode, "rep", Map.of(), "0A000");
    }

    @Test
    void servesNobodyWhoDoesNotExist() {
        refused(Mode.PHYSICAL, "nobody", Map.of(), "28000").hasMessage("role \"nobody\" does not exist");
    }

    @ParameterizedTest
    @CsvSource({
        "14,must be superuser or replication role to start walsender",
        "15,must be superuser or replication role to start walsender",
        "16,permission denied to start WAL sender",
        "18,permission denied to start WAL sender"
    })
    void onlyThoseWhoMayReplicateMay(int major, String text) {
        rig.wal.setMajor(major);
        refused(Mode.PHYSICAL, "somebody", Map.of(), "42501").hasMessage(text);
        assertThat(rig.service.replication()).isEmpty();
    }

    @Test
    void aSessionMayNotSetWhatItMayNot() {
        refused(Mode.PHYSICAL, "rep", Map.of("nope", "1"), "42704")
                .hasMessage("unrecognized configuration parameter \"nope\"");
        refused(Mode.PHYSICAL, "rep", Map.of("wal_sender_timeout", "foo"), "22023")
                .hasMessage("invalid value for parameter \"wal_sender_timeout\": \"foo\"");
        refused(Mode.PHYSICAL, "rep", Map.of("max_wal_senders", "1"), "55P02");
        assertThat(rig.service.replication()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"16,max_wal_senders", "17,\"\"\"max_wal_senders\"\"\""})
    void thereAreNoMoreThanMaxWalSenders(int major, String setting) {
        rig.wal.setMajor(major);
        rig.set("max_wal_senders", "2");
        SenderRig.Client first = rig.connect();
        rig.connect();
        refused(Mode.PHYSICAL, "rep", Map.of(), "53300")
                .hasMessage("number of requested standby connections exceeds "
                        + setting.replace("\"\"", "\"").replace("\"\"", "\"") + " (currently 2)");
        refused(Mode.PHYSICAL, "nobody", Map.of("wal_sender_timeout", "foo"), "53300"); // whatever else is wrong

        first.session.closed(CloseReason.TERMINATED_BY_PEER);
        assertThat(rig.connect().session.pid()).isEqualTo(3);
    }

    @Test
    void whoLeavesMakesRoomAtOnceHoweverBusyTheExecutorIs() {
        rig.set("max_wal_senders", "2");
        SenderRig.Client idle = rig.connect();
        SenderRig.Client streaming = rig.stream(null, "0/300000");
        rig.holdIo();

        idle.session.closed(CloseReason.TERMINATED_BY_PEER);
        streaming.session.closed(CloseReason.CONNECTION_LOST);

        assertThat(rig.service.replication()).isEmpty();
        rig.connect();
    }

    @Test
    void aCancelRequestNeedsTheKey() {
        SenderRig.Client client = rig.stream(null, "0/300000");
        rig.service.cancel(client.session.pid(), new CancelKey(new byte[] {1, 2, 3, 5}));
        rig.service.cancel(client.session.pid() + 1, new CancelKey(new byte[] {1, 2, 3, 4}));
        assertThat(client.pull()).isEmpty();
        assertThat(client.messages()).containsExactly("W");

        rig.service.cancel(client.session.pid(), new CancelKey(new byte[] {1, 2, 3, 4}));
        client.pull();
        assertThat(client.messages()).last().asString().startsWith("E ERROR 57014");
    }

    @Test
    void aCancelRequestForAnIdleSessionDoesNothing() {
        SenderRig.Client client = rig.connect();
        rig.service.cancel(client.session.pid(), new CancelKey(new byte[] {1, 2, 3, 4}));
        assertThat(client.execute(new IdentifySystem())).endsWith("Z");
        rig.service.cancel(client.session.pid(), new CancelKey(new byte[] {1, 2, 3, 4}));
        assertThat(client.start(null, "0/300000", 0)).containsExactly("W");
        client.pull();
        assertThat(client.messages()).containsExactly("W");
    }

    private StatReplicationRow onlyRow() {
        assertThat(rig.service.replication()).hasSize(1);
        return rig.service.replication().get(0);
    }

    @Test
    void anIdleSessionHasARow() {
        SenderRig.Client client = rig.connect();
        StatReplicationRow row = onlyRow();

        assertThat(row.pid()).isEqualTo(client.session.pid());
        assertThat(row.user()).isEqualTo("rep");
        assertThat(row.applicationName()).isEqualTo("standby1");
        assertThat(row.state()).isEqualTo("startup");
        assertThat(row.transport()).isEqualTo("memory");
        assertThat(row.syncState()).isEqualTo("async");
        assertThat(row.sent()).isNull();
        assertThat(row.write()).isNull();
        assertThat(row.writeLag()).isNull();
        assertThat(row.replyTime()).isNull();
        assertThat(row.backendStart()).isEqualTo(rig.clock.now());
    }

    @Test
    void aRowShowsWhatWasReportedAndHowLongItTook() {
        SenderRig.Client client = rig.stream(null, "0/300000");
        client.pull();
        rig.wal.moveTo(1, "0/310000");
        client.pull();
        rig.clock.advance(Duration.ofMillis(20));
        client.report("0/310000", "0/308000", "0/0", false);
        StatReplicationRow row = onlyRow();

        assertThat(row.state()).isEqualTo("streaming");
        assertThat(row.sent()).hasToString("0/310000");
        assertThat(row.write()).hasToString("0/310000");
        assertThat(row.flush()).hasToString("0/308000");
        assertThat(row.replay()).isNull();
        assertThat(row.writeLag()).isEqualTo(Duration.ofMillis(20));
        assertThat(row.flushLag()).isEqualTo(Duration.ofMillis(20));
        assertThat(row.replyTime()).isEqualTo(new PgTimestamp(5));
        assertThat(row.ahead()).isFalse();
    }

    @Test
    void lagIsForgottenWhenAPeerThatHasEverythingSaysTheSameTwice() {
        SenderRig.Client client = rig.stream(null, "0/300000");
        client.pull();
        rig.wal.moveTo(1, "0/310000");
        client.pull();
        rig.clock.advance(Duration.ofMillis(20));
        client.report("0/310000");
        assertThat(onlyRow().replayLag()).isEqualTo(Duration.ofMillis(20));
        client.report("0/310000");
        assertThat(onlyRow().writeLag()).isNull();
        assertThat(onlyRow().flushLag()).isNull();
        assertThat(onlyRow().replayLag()).isNull();
    }

    @Test
    void lagIsKeptWhileAPeerHasNotEverything() {
        SenderRig.Client client = rig.stream(null, "0/300000");
        client.pull();
        rig.wal.moveTo(1, "0/310000");
        client.pull();
        rig.clock.advance(Duration.ofMillis(20));
        client.report("0/310000", "0/310000", "0/300000", false);
        client.report("0/310000", "0/310000", "0/300000", false);
        assertThat(onlyRow().writeLag()).isEqualTo(Duration.ofMillis(20));
    }

    @Test
    void aPeerThatSaysItHasMoreThanWeDoIsShownAsAheadAndLives() {
        SenderRig.Client client = rig.stream(null, "0/300000");
        client.pull();
        client.report("0/300000", "FFFFFFFF/FFFFFFF0", "0/0", false);
        assertThat(onlyRow().ahead()).isTrue();
        assertThat(onlyRow().flush()).hasToString("FFFFFFFF/FFFFFFF0");
        assertThat(client.peer.isDropped()).isFalse();
        client.report("0/300000");
        assertThat(onlyRow().ahead()).isFalse();
    }

    @Test
    void aRestartedStandbyMayHaveFlushedMoreThanItWasSent() {
        SenderRig.Client client = rig.stream(null, "0/200000");
        client.next();
        client.report("0/200000", "0/2F0000", "0/2F8000", false);
        assertThat(onlyRow().ahead()).isFalse();
        assertThat(client.pull()).isNotEmpty();
    }

    @Test
    void oddReplyTimesAreTaken() {
        SenderRig.Client client = rig.stream(null, "0/300000");
        for (long micros : new long[] {Long.MAX_VALUE, Long.MIN_VALUE}) {
            client.session.received(new io.walcast.core.protocol.StandbyMessage.StatusUpdate(
                    io.walcast.core.Lsn.INVALID,
                    io.walcast.core.Lsn.INVALID,
                    io.walcast.core.Lsn.INVALID,
                    new PgTimestamp(micros),
                    false));
            assertThat(onlyRow().replyTime()).isEqualTo(new PgTimestamp(micros));
        }
    }

    @Test
    void theDirectoryIsListedOnlyForASlotThatMayHaveLostWal() {
        assertThat(rig.service.slots()).isEmpty();
        rig.connect().execute(new CreateReplicationSlot("s1", false, null, true, null, false, false));
        assertThat(rig.service.slots().get(0).walStatus()).isEqualTo(WalStatus.RESERVED);
        assertThat(rig.wal.listings()).isZero();

        rig.slots.setLimits(new WalKeepLimits(0, 0, 0));
        rig.wal.moveTo(1, "0/900000");
        assertThat(rig.service.slots().get(0).walStatus()).isEqualTo(WalStatus.UNRESERVED);
        assertThat(rig.wal.listings()).isOne();
    }

    @Test
    void feedbackIsTheOldestOfAll() {
        PgTimestamp now = new PgTimestamp(9);
        assertThat(rig.service.feedback().current(now)).isEqualTo(new HotStandbyFeedback(now, 0, 0, 0, 0));
        SenderRig.Client first = rig.stream(null, "0/300000");
        SenderRig.Client second = rig.stream(null, "0/300000");
        first.feedback(700, 1, 0);
        second.feedback(900, 0, 650);

        assertThat(rig.service.feedback().current(now)).isEqualTo(new HotStandbyFeedback(now, 900, 0, 650, 0));
        assertThat(rig.service.replication())
                .extracting(StatReplicationRow::backendXmin)
                .containsExactly(700, 650);
        second.session.closed(CloseReason.TERMINATED_BY_PEER);
        assertThat(rig.service.feedback().current(now)).isEqualTo(new HotStandbyFeedback(now, 700, 1, 0, 0));
        first.feedback(0, 0, 0);
        assertThat(rig.service.feedback().current(now)).isEqualTo(new HotStandbyFeedback(now, 0, 0, 0, 0));
    }

    @Test
    void aNumberThatIsNoOrdinaryTransactionsIsNone() {
        SenderRig.Client client = rig.stream(null, "0/300000");
        client.feedback(1, 0, 2);
        assertThat(xmin(rig.service.feedback())).isZero();
        assertThat(onlyRow().backendXmin()).isNull();
    }

    @Test
    void feedbackThroughASlotStaysWithTheSlot() {
        SenderRig.Client client = streamWithFeedback();
        assertThat(onlyRow().backendXmin()).isNull();
        assertThat(onlyRow().slotName()).isEqualTo("s1");
        assertThat(rig.service.slots().get(0).xmin()).isEqualTo(700);
        client.session.closed(CloseReason.TERMINATED_BY_PEER);

        assertThat(xmin(rig.service.feedback())).isEqualTo(700);
        rig.connect().execute(new DropReplicationSlot("s1", false));
        assertThat(xmin(rig.service.feedback())).isZero();
    }

    @Test
    void aNewSlotOfThatNameNeedsNothingYet() {
        streamWithFeedback().session.closed(CloseReason.TERMINATED_BY_PEER);
        SenderRig.Client client = rig.connect();
        client.execute(new DropReplicationSlot("s1", false));
        client.execute(new CreateReplicationSlot("s1", false, null, false, null, false, false));

        assertThat(xmin(rig.service.feedback())).isZero();
    }

    @Test
    void aSlotThatIsInvalidNeedsNothingAnyMore() {
        SenderRig.Client client = streamWithFeedback();
        client.report("0/300000");
        rig.slots.setLimits(new WalKeepLimits(0, 0, 0));
        ServedPosition far = new ServedPosition(TimelineId.FIRST, Lsn.parse("0/900000"));

        rig.slots.checkpoint(
                new WalExtent(far, FakeServedWal.SEGMENT_SIZE, 0), Lsn.INVALID, (timeline, segment, size) -> {});

        assertThat(client.peer.terminatedWith()).isEqualTo(SessionErrors.terminated());
        assertThat(xmin(rig.service.feedback())).isZero();
    }

    /** What was saved with a slot lacks the epoch: saying nothing is right, saying that nothing is needed is not. */
    @Test
    void afterARestartNothingIsSaidBeforeTheStandbyHasSpoken() {
        streamWithFeedback().session.closed(CloseReason.TERMINATED_BY_PEER);
        WalSndCtl restarted = new WalSndCtl(rig.slots);

        assertThat(restarted.current(PgTimestamp.NONE)).isNull();
        restarted.slotNeeds("s1", new XminHorizon(800, 0));
        assertThat(xmin(restarted)).isEqualTo(800);
    }

    private SenderRig.Client streamWithFeedback() {
        SenderRig.Client client = rig.connect();
        client.execute(new CreateReplicationSlot("s1", false, null, true, null, false, false));
        client.start("s1", "0/300000", 0);
        client.feedback(700, 3, 0);
        return client;
    }

    private static int xmin(StandbyFeedback feedback) {
        return requireNonNull(feedback.current(PgTimestamp.NONE)).xmin();
    }
}
