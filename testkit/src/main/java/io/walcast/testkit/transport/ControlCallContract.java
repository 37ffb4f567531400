// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.error.CanceledException;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;
import io.walcast.transport.AlterSlot;
import io.walcast.transport.CreateSlot;
import io.walcast.transport.CreatedSlot;
import io.walcast.transport.EndResult;
import io.walcast.transport.ExecResult;
import io.walcast.transport.SlotPosition;
import io.walcast.transport.StartResult;
import io.walcast.transport.StreamOptions;
import io.walcast.transport.SystemIdentity;
import io.walcast.transport.TimelineHistoryFile;
import io.walcast.transport.WalReceiverConnection;
import io.walcast.transport.WalReceiverTransport;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Connecting, the control calls, and how they end early. */
abstract class ControlCallContract extends TransportContract {
    private static final int LIMIT = 10_000;
    private static final ErrorFields ODD_ERROR =
            new ErrorFields("ERROR", new SqlState("ZZ123"), "no such luck", "the detail", "the hint");
    private static final ErrorFields ODD_FATAL =
            new ErrorFields("FATAL", new SqlState("ZZ999"), "not today", "the detail", "the hint");

    @Test
    void claimsTheConninfoOfItsPrimary() throws Exception {
        String conninfo = startPrimary(script);

        assertThat(transport().apiVersion()).isEqualTo(WalReceiverTransport.API_VERSION);
        assertThat(transport().claims(conninfo)).isTrue();
        assertThat(transport().claims("unheard-of://h")).isFalse();
        assertThat(transport().displayConninfo(conninfo)).isNotEmpty();
        transport().checkConninfo(conninfo);
    }

    @Test
    void tellsWhoTheServerIs() {
        assertThat(connect().senderInfo().serverMajor()).isEqualTo(18);
    }

    @Test
    void identifiesTheSystem() {
        assertThat(connect().identifySystem()).isEqualTo(script.identity());
    }

    @Test
    void readsNumbersAsUnsigned() {
        SystemIdentity extreme = new SystemIdentity(
                new SystemIdentifier(-2), TimelineId.of(0xFFFF_FFFFL), Lsn.parse("FFFFFFFF/FFFFFFF0"), null);
        script.identity(extreme);

        assertThat(connect().identifySystem()).isEqualTo(extreme);
    }

    @Test
    void showsAParameter() {
        script.setting("wal_segment_size", "64MB");

        assertThat(connect().show("wal_segment_size")).isEqualTo("64MB");
        assertThat(journal.calls(PrimaryCall.SHOW)).containsExactly("wal_segment_size");
    }

    @Test
    void readsATimelineHistoryByteForByte() {
        byte[] content = "1\t0/3000000\tna\u00efve, not UTF-8 \u0001\n\n".getBytes(ISO_8859_1);
        script.history(TWO, content);

        assertThat(connect().readTimelineHistory(TWO))
                .isEqualTo(new TimelineHistoryFile(TWO, "00000002.history", ByteBuffer.wrap(content)));
    }

    @Test
    void readsSlotsWithAndWithoutAPosition() {
        SlotPosition reserved = new SlotPosition("physical", START, ONE);
        SlotPosition fresh = new SlotPosition("physical", null, null);
        script.slot("reserved", reserved).slot("fresh", fresh);
        WalReceiverConnection connection = connect();

        assertThat(connection.readSlot("reserved")).contains(reserved);
        assertThat(connection.readSlot("fresh")).contains(fresh);
        assertThat(connection.readSlot("missing")).isEmpty();
    }

    @Test
    void createsAltersAndDropsSlots() {
        WalReceiverConnection connection = connect();

        assertThat(connection.createSlot(CreateSlot.physical("a", true)))
                .isEqualTo(new CreatedSlot("a", Lsn.INVALID, null, null));
        assertThat(connection.createSlot(CreateSlot.physical("b", false)).name())
                .isEqualTo("b");
        assertThat(connection.readSlot("a"))
                .contains(new SlotPosition("physical", script.identity().flushed(), ONE));
        assertThat(connection.readSlot("b")).contains(new SlotPosition("physical", null, null));
        connection.alterSlot(new AlterSlot("a", true, null));
        connection.dropSlot("a", false);
        connection.dropSlot("b", true);

        assertThat(journal.calls(PrimaryCall.ALTER_SLOT)).containsExactly("a");
        assertThat(journal.calls(PrimaryCall.DROP_SLOT)).containsExactly("a", "b");
        assertThat(connection.readSlot("a")).isEmpty();
    }

    @Test
    void reportsTheServersErrorsAboutSlots() {
        script.slot("there", new SlotPosition("physical", null, null));
        WalReceiverConnection connection = connect();

        assertSqlState(SqlState.DUPLICATE_OBJECT, () -> connection.createSlot(CreateSlot.temporaryPhysical("there")));
        assertSqlState(SqlState.UNDEFINED_OBJECT, () -> connection.dropSlot("missing", false));
        assertSqlState(SqlState.UNDEFINED_OBJECT, () -> connection.alterSlot(new AlterSlot("missing", true, true)));
        assertSqlState(SqlState.UNDEFINED_FILE, () -> connection.readTimelineHistory(TWO));
        assertSqlState(SqlState.UNDEFINED_OBJECT, () -> connection.show("missing"));
    }

    @Test
    void runsAnyCommandAndKeepsNullApartFromEmpty() {
        ExecResult rows = new ExecResult(
                List.of("a", "b"), List.of(Arrays.asList("1", null), Arrays.asList("", "\u00fc")), "SELECT 2");
        ExecResult none = new ExecResult(List.of(), List.of(), "CHECKPOINT");
        script.result("SELECT a, b", rows).result("CHECKPOINT", none);
        WalReceiverConnection connection = connect();

        assertThat(connection.exec("SELECT a, b", LIMIT)).isEqualTo(rows);
        assertThat(connection.exec("CHECKPOINT", LIMIT)).isEqualTo(none);
    }

    @Test
    void givesTheConnectionUpWhenAnAnswerIsAboveItsLimit() {
        script.result("BIG", new ExecResult(List.of("a"), List.of(List.of("x".repeat(2 * LIMIT))), "SELECT 1"));
        WalReceiverConnection connection = connect();

        assertSqlState(SqlState.PROGRAM_LIMIT_EXCEEDED, () -> connection.exec("BIG", LIMIT));
        assertThatThrownBy(connection::identifySystem).isInstanceOf(WalException.class);
    }

    @Test
    void saysThatThereIsNothingToStream() {
        EndResult next = new EndResult(TWO, START.plus(100));
        script.stream(PrimaryStream.nothingThere(next)).stream(PrimaryStream.nothingThere(EndResult.NONE));
        WalReceiverConnection connection = connect();

        assertThat(connection.startStreaming(new StreamOptions.Physical(null, START, ONE)))
                .isEqualTo(new StartResult.NothingThere(next));
        assertThat(connection.startStreaming(new StreamOptions.Physical("s_1", START, ONE)))
                .isEqualTo(new StartResult.NothingThere(EndResult.NONE));
        assertThat(connection.identifySystem()).isEqualTo(script.identity());
        assertThat(journal.calls(PrimaryCall.START_STREAMING)).containsExactly("0/3000000/1", "s_1 0/3000000/1");
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "CONNECT")
    void reportsTheServersOwnErrorAndCanBeUsedAgain(PrimaryCall call) {
        script.failOn(call, ODD_ERROR);
        WalReceiverConnection connection = connect();

        assertThatThrownBy(() -> make(call, connection))
                .isInstanceOfSatisfying(
                        ServerErrorException.class, e -> assertThat(e.fields()).isEqualTo(ODD_ERROR));
        assertThat(connection.identifySystem()).isEqualTo(script.identity());
    }

    @Test
    void reportsTheServersOwnErrorWhenItRefusesTheConnection() {
        script.failOn(PrimaryCall.CONNECT, ODD_FATAL);

        assertThatThrownBy(this::connect)
                .isInstanceOfSatisfying(
                        ServerErrorException.class, e -> assertThat(e.fields()).isEqualTo(ODD_FATAL));
    }

    @Test
    void losesTheConnectionWithAFatalError() {
        script.failOn(PrimaryCall.IDENTIFY_SYSTEM, ODD_FATAL);
        WalReceiverConnection connection = connect();

        assertSqlState(ODD_FATAL.sqlState(), connection::identifySystem);
        assertThatThrownBy(connection::identifySystem).isInstanceOf(ConnectionException.class);
    }

    @Test
    void handsOnNotices() {
        ErrorFields notice = new ErrorFields("WARNING", new SqlState("01000"), "mind the gap", null, "look down");
        script.on(PrimaryCall.IDENTIFY_SYSTEM, new Reaction.Notice(notice));

        assertThat(connect().identifySystem()).isEqualTo(script.identity());
        assertThat(notices).containsExactly(notice);
    }

    @Test
    void canBeCanceledWhileConnecting() {
        script.on(PrimaryCall.CONNECT, new Reaction.Stall());
        CompletableFuture<Void> cancel = cancelOnceCalled(PrimaryCall.CONNECT);

        assertThatThrownBy(this::connect).isInstanceOf(CanceledException.class);
        cancel.join();
    }

    @Test
    void doesNotConnectOnceCanceled() {
        cancellation.request();

        assertThatThrownBy(this::connect).isInstanceOf(CanceledException.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"IDENTIFY_SYSTEM", "TIMELINE_HISTORY", "START_STREAMING", "DROP_SLOT"})
    void canBeCanceledInAControlCall(PrimaryCall call) {
        script.on(call, new Reaction.Stall());
        WalReceiverConnection connection = connect();
        CompletableFuture<Void> cancel = cancelOnceCalled(call);

        assertThatThrownBy(() -> make(call, connection)).isInstanceOf(CanceledException.class);
        cancel.join();
    }

    private CompletableFuture<Void> cancelOnceCalled(PrimaryCall call) {
        return elsewhere(() -> {
            journal.awaitCall(call, SOON);
            cancellation.request();
        });
    }

    @Test
    void endsAConnectAtItsDeadline() {
        script.on(PrimaryCall.CONNECT, new Reaction.Stall());

        assertThatThrownBy(() -> connect(options -> options.withTimeout(SHORT)))
                .isInstanceOf(ConnectionException.class);
    }

    @Test
    void endsAControlCallAtItsDeadline() {
        script.on(PrimaryCall.SHOW, new Reaction.Stall());
        WalReceiverConnection connection = connect(options -> options.withTimeout(SHORT.multipliedBy(10)));

        assertThatThrownBy(() -> connection.show("x")).isInstanceOf(ConnectionException.class);
        assertThatThrownBy(connection::identifySystem).isInstanceOf(WalException.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"CONNECT", "IDENTIFY_SYSTEM", "START_STREAMING"})
    void noticesThatTheServerIsGone(PrimaryCall call) {
        script.on(call, new Reaction.Drop());

        assertThatThrownBy(() -> make(call, connect())).isInstanceOf(ConnectionException.class);
    }

    static void assertSqlState(SqlState expected, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        WalException.class, e -> assertThat(e.sqlState()).isEqualTo(expected));
    }

    /** Makes a call of that kind. */
    static void make(PrimaryCall call, WalReceiverConnection connection) {
        switch (call) {
            case CONNECT, IDENTIFY_SYSTEM -> connection.identifySystem();
            case SHOW -> connection.show("x");
            case TIMELINE_HISTORY -> connection.readTimelineHistory(TWO);
            case READ_SLOT -> connection.readSlot("s");
            case CREATE_SLOT -> connection.createSlot(CreateSlot.physical("s", true));
            case ALTER_SLOT -> connection.alterSlot(new AlterSlot("s", true, null));
            case DROP_SLOT -> connection.dropSlot("s", false);
            case START_STREAMING -> connection.startStreaming(new StreamOptions.Physical(null, START, ONE));
            case EXEC -> connection.exec("SELECT 1", LIMIT);
        }
    }
}
