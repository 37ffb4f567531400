// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.ipc.Latch;
import io.walcast.transport.BlockingReceiver;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.StreamOptions;
import io.walcast.transport.WalReceiverConnection;
import io.walcast.transport.client.CommandAnswers;
import io.walcast.transport.grpc.v1.CommandComplete;
import io.walcast.transport.grpc.v1.CopyBoth;
import io.walcast.transport.grpc.v1.CopyDone;
import io.walcast.transport.grpc.v1.DataRow;
import io.walcast.transport.grpc.v1.Error;
import io.walcast.transport.grpc.v1.Keepalive;
import io.walcast.transport.grpc.v1.ParameterStatus;
import io.walcast.transport.grpc.v1.Ready;
import io.walcast.transport.grpc.v1.RowDescription;
import io.walcast.transport.grpc.v1.SessionResponse;
import io.walcast.transport.grpc.v1.WalData;
import io.walcast.transport.grpc.wire.ErrorMessages;
import io.walcast.transport.grpc.wire.SessionMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a server can say that no server should. */
@ExtendWith(QuietGrpc.class)
@Timeout(60)
final class HostileServerIT {
    private static final Lsn START = Lsn.parse("0/3000000");
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final SessionResponse READY =
            SessionResponse.newBuilder().setReady(Ready.getDefaultInstance()).build();
    private static final SessionResponse COPY_BOTH = SessionResponse.newBuilder()
            .setCopyBoth(CopyBoth.getDefaultInstance())
            .build();
    private static final SessionResponse COPY_DONE = SessionResponse.newBuilder()
            .setCopyDone(CopyDone.getDefaultInstance())
            .build();
    private static final SessionResponse COMPLETE = SessionResponse.newBuilder()
            .setCommandComplete(CommandComplete.newBuilder().setTag("X"))
            .build();

    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final Latch latch = new Latch();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : toClose) {
            one.close();
        }
        LeakRecorder.assertNothingLeaked();
    }

    /** Connects to a server that does {@code answer} with each command. */
    private WalReceiverConnection connect(Consumer<StreamObserver<SessionResponse>> answer) {
        FakeReplication server = FakeReplication.start((request, responses) -> {
            FakeReplication.begin(request, responses);
            if (request.hasCommand()) {
                answer.accept(responses);
            }
        });
        WalReceiverConnection connection = new GrpcReceiverTransport()
                .connect(ConnectOptions.of("grpc://localhost:" + server.port(), latch)
                        .withEnvironment(Map.of())
                        .withTimeout(SOON));
        toClose.add(connection);
        toClose.add(server);
        return connection;
    }

    private WalReceiverConnection answering(SessionResponse... messages) {
        return connect(responses -> List.of(messages).forEach(responses::onNext));
    }

    private WalReceiverConnection streaming(SessionResponse... messages) {
        WalReceiverConnection connection = connect(responses -> {
            responses.onNext(COPY_BOTH);
            List.of(messages).forEach(responses::onNext);
        });
        connection.startStreaming(new StreamOptions.Physical(null, START, TimelineId.FIRST));
        return connection;
    }

    private ServerMessage next(WalReceiverConnection connection) {
        ServerMessage message = new BlockingReceiver(connection, latch).receive(SOON);
        assertThat(message).isNotNull();
        return message;
    }

    private static SessionResponse row(String... values) {
        DataRow.Builder row = DataRow.newBuilder();
        for (String value : values) {
            row.addValues(DataRow.Value.newBuilder().setText(ByteString.copyFromUtf8(value)));
        }
        return SessionResponse.newBuilder().setDataRow(row).build();
    }

    private static SessionResponse columns(String... names) {
        RowDescription.Builder columns = RowDescription.newBuilder();
        for (String name : names) {
            columns.addColumns(RowDescription.Column.newBuilder().setName(name));
        }
        return SessionResponse.newBuilder().setRowDescription(columns).build();
    }

    private static SessionResponse wal(Lsn start, int bytes) {
        return SessionResponse.newBuilder()
                .setWalData(WalData.newBuilder()
                        .setStart(start.value())
                        .setServerEnd(start.value())
                        .setSentAt(1)
                        .setData(ByteString.copyFrom(new byte[bytes])))
                .build();
    }

    private static void assertUnusable(WalReceiverConnection connection, SqlState state) {
        assertThatThrownBy(connection::identifySystem)
                .isInstanceOfSatisfying(
                        ProtocolViolationException.class,
                        e -> assertThat(e.sqlState()).isEqualTo(state));
        assertThatThrownBy(connection::identifySystem)
                .isInstanceOf(ConnectionException.class)
                .hasMessageStartingWith("connection is not usable any more: ");
    }

    @Test
    void refusesWhatNoServerAnswers() {
        assertThatThrownBy(answering(columns("a"), row("1"), COMPLETE, READY)::identifySystem)
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("could not identify system");
        assertUnusable(answering(row("1"), COMPLETE, READY), SqlState.PROTOCOL_VIOLATION);
        assertUnusable(answering(columns("a"), row("1", "2"), COMPLETE, READY), SqlState.PROTOCOL_VIOLATION);
        assertUnusable(answering(columns("a"), columns("a")), SqlState.PROTOCOL_VIOLATION);
        assertUnusable(answering(COPY_DONE), SqlState.PROTOCOL_VIOLATION);
        assertUnusable(answering(COPY_BOTH), SqlState.PROTOCOL_VIOLATION);
        assertUnusable(answering(FakeReplication.BEGUN), SqlState.PROTOCOL_VIOLATION);
        assertUnusable(answering(wal(START, 1)), SqlState.PROTOCOL_VIOLATION);
    }

    @Test
    void boundsAnswersThatHaveNoEnd() {
        SessionResponse row = row("x".repeat(100_000));

        assertUnusable(
                connect(responses -> {
                    responses.onNext(columns("a"));
                    for (int i = 0; i < 100; i++) {
                        responses.onNext(row);
                    }
                }),
                SqlState.PROGRAM_LIMIT_EXCEEDED);
    }

    @Test
    void boundsNoticesThatHaveNoEnd() {
        SessionResponse notice = SessionResponse.newBuilder()
                .setNotice(Error.newBuilder().setSqlstate("01000").setMessage("x".repeat(10_000)))
                .build();

        assertUnusable(
                connect(responses -> {
                    for (int i = 0; i < 200; i++) {
                        responses.onNext(notice);
                    }
                }),
                SqlState.PROGRAM_LIMIT_EXCEEDED);
    }

    @Test
    void streamsOnHoweverManyNoticesThereHaveBeen() {
        SessionResponse notice = SessionResponse.newBuilder()
                .setNotice(Error.newBuilder().setSqlstate("01000").setMessage("x".repeat(100_000)))
                .build();
        WalReceiverConnection connection = connect(responses -> {
            responses.onNext(COPY_BOTH);
            for (int i = 0; i < 15; i++) {
                responses.onNext(notice);
            }
            responses.onNext(wal(START, 1));
        });
        connection.startStreaming(new StreamOptions.Physical(null, START, TimelineId.FIRST));

        assertThat(next(connection)).isInstanceOf(ServerMessage.XLogData.class);
    }

    @Test
    void boundsParametersThatHaveNoEnd() {
        assertUnusable(
                connect(responses -> {
                    for (int i = 0; i < 300; i++) {
                        responses.onNext(SessionResponse.newBuilder()
                                .setParameterStatus(ParameterStatus.newBuilder().setName("p" + i))
                                .build());
                    }
                }),
                SqlState.PROTOCOL_VIOLATION);
    }

    @Test
    void takesAHistoryFileOfOneMegabyte() {
        String history = "x".repeat(CommandAnswers.LARGEST_HISTORY_BYTES);

        assertThat(answering(columns("filename", "content"), row("00000002.history", history), COMPLETE, READY)
                        .readTimelineHistory(new TimelineId(2))
                        .content()
                        .remaining())
                .isEqualTo(CommandAnswers.LARGEST_HISTORY_BYTES);
    }

    @Test
    void refusesLongerMessagesThanAValueOfOneMegabyteNeeds() {
        int tooMany = SessionMethod.MAX_RESPONSE_BYTES;
        assertUnusable(answering(row("x".repeat(tooMany))), SqlState.PROGRAM_LIMIT_EXCEEDED);
        WalReceiverConnection connection = streaming(wal(START, tooMany));

        assertThatThrownBy(() -> next(connection))
                .isInstanceOfSatisfying(
                        ProtocolViolationException.class,
                        e -> assertThat(e.sqlState()).isEqualTo(SqlState.PROGRAM_LIMIT_EXCEEDED));
    }

    @Test
    void passesOverWhatItDoesNotKnow() {
        SessionResponse newer = SessionResponse.newBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                19,
                                UnknownFieldSet.Field.newBuilder()
                                        .addLengthDelimited(ByteString.EMPTY)
                                        .build())
                        .build())
                .build();

        assertThat(answering(newer, columns("a"), newer, row("1"), COMPLETE, newer, READY)
                        .show("a"))
                .isEqualTo("1");
    }

    @Test
    void refusesWhatIsOutOfOrderInAStream() {
        for (SessionResponse message : List.of(COPY_BOTH, READY, COMPLETE, row("1"), FakeReplication.BEGUN)) {
            WalReceiverConnection connection = streaming(message);

            assertThatThrownBy(() -> next(connection)).isInstanceOf(ProtocolViolationException.class);
            assertThatThrownBy(connection::receive).isInstanceOf(ConnectionException.class);
        }
    }

    @Test
    void refusesAStreamThatGoesOnBehindItsEnd() {
        SessionResponse keepalive = SessionResponse.newBuilder()
                .setKeepalive(Keepalive.newBuilder().setWalEnd(1))
                .build();
        for (SessionResponse message : List.of(wal(START, 1), keepalive, COPY_DONE)) {
            WalReceiverConnection connection = streaming(COPY_DONE, message);

            assertThat(next(connection)).isInstanceOf(ServerMessage.EndOfStream.class);
            assertThatThrownBy(() -> next(connection)).isInstanceOf(ProtocolViolationException.class);
        }
    }

    @Test
    void refusesPositionsBeyondTheEnd() {
        WalReceiverConnection connection = streaming(wal(Lsn.parse("FFFFFFFF/FFFFFFFF"), 2));

        assertThatThrownBy(() -> next(connection))
                .isInstanceOf(ProtocolViolationException.class)
                .hasMessage("LSN overflow");
    }

    @Test
    void takesWalWithoutBytes() {
        WalReceiverConnection connection = streaming(wal(START, 0), wal(START, 1));

        assertThat(next(connection)).isInstanceOfSatisfying(ServerMessage.XLogData.class, data -> {
            assertThat(data.start()).isEqualTo(START);
            assertThat(data.payload().hasRemaining()).isFalse();
        });
        assertThat(next(connection))
                .isInstanceOfSatisfying(
                        ServerMessage.XLogData.class,
                        data -> assertThat(data.payload().remaining()).isEqualTo(1));
    }

    @Test
    void reportsWhyACallEnded() {
        ErrorFields gone = new ErrorFields("FATAL", SqlState.ADMIN_SHUTDOWN, "going away", null, null);
        WalReceiverConnection terminated = connect(responses -> responses.onError(ErrorMessages.status(gone)));
        WalReceiverConnection failed = connect(responses -> responses.onError(
                Status.UNAVAILABLE.withDescription("backend lost").asException()));
        WalReceiverConnection ended = connect(StreamObserver::onCompleted);

        assertThatThrownBy(terminated::identifySystem)
                .isInstanceOfSatisfying(
                        ServerErrorException.class, e -> assertThat(e.fields()).isEqualTo(gone));
        assertThatThrownBy(terminated::identifySystem).isInstanceOf(ConnectionException.class);
        assertThatThrownBy(failed::identifySystem)
                .isInstanceOfSatisfying(
                        WalException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlState.CONNECTION_FAILURE))
                .hasMessage("backend lost");
        assertThatThrownBy(ended::identifySystem).hasMessage("server closed the connection unexpectedly");
    }

    @Test
    void closesSoThatTheServerKnows() {
        try (FakeReplication server = FakeReplication.start(FakeReplication::begin)) {
            for (int i = 0; i < 20; i++) {
                new GrpcReceiverTransport()
                        .connect(ConnectOptions.of("grpc://localhost:" + server.port(), latch)
                                .withEnvironment(Map.of()))
                        .close();
            }

            assertThat(server.ends()).hasSize(20).containsOnly("closed");
        }
    }

    @Test
    void readsWhatCameBeforeTheEnd() {
        WalReceiverConnection connection = connect(responses -> {
            responses.onNext(COPY_BOTH);
            responses.onNext(wal(START, 10));
            responses.onError(Status.UNAVAILABLE.asException());
        });
        connection.startStreaming(new StreamOptions.Physical(null, START, TimelineId.FIRST));

        assertThat(next(connection)).isInstanceOf(ServerMessage.XLogData.class);
        assertThatThrownBy(() -> next(connection)).isInstanceOf(ConnectionException.class);
    }

    @Test
    void keepsAServerThatNeverStopsFromKeepingItsOwner() {
        SessionResponse notice = SessionResponse.newBuilder()
                .setNotice(Error.newBuilder().setSeverity("NOTICE").setSqlstate("00000"))
                .build();
        SessionResponse[] many = new SessionResponse[1000];
        Arrays.fill(many, notice);
        WalReceiverConnection connection = streaming(many);
        int empty = 0;
        while (empty < 5) {
            latch.reset();
            assertThat(connection.receive()).isNull();
            assertThat(latch.await(SOON.toNanos())).isTrue();
            empty++;
        }
    }
}
