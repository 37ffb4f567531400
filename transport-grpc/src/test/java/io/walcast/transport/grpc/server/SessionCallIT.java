// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Metadata;
import io.grpc.Status;
import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.testkit.service.ScriptedSession;
import io.walcast.testkit.standby.CommandAnswer;
import io.walcast.testkit.standby.FromServer;
import io.walcast.testkit.standby.StandbyLogin;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ListenOptions.Limits;
import io.walcast.transport.grpc.QuietGrpc;
import io.walcast.transport.grpc.v1.Begin;
import io.walcast.transport.grpc.v1.Command;
import io.walcast.transport.grpc.v1.SessionRequest;
import io.walcast.transport.grpc.wire.Compression;
import io.walcast.transport.grpc.wire.ErrorMessages;
import io.walcast.transport.grpc.wire.SessionMethod;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** How sessions begin and end over gRPC, beyond what every transport does. */
@Timeout(120)
@ExtendWith(QuietGrpc.class)
class SessionCallIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final SessionRequest BEGIN = RequestMessages.begin(StandbyLogin.PHYSICAL);

    private ServerUnderTest server;

    @BeforeEach
    void listen() {
        server = ServerUnderTest.start(ServerUnderTest.anyPort());
    }

    @AfterEach
    void close() {
        server.close();
    }

    private GrpcStandby begin(SessionRequest begin) {
        return GrpcStandby.begin(server.plain(), new Metadata(), begin);
    }

    private ScriptedSession session() {
        return server.service.sessions().get(0);
    }

    private static ClientCalls.End endOf(GrpcStandby standby) {
        standby.answer(SOON);
        ClientCalls.End end = standby.end();
        assertThat(end).isNotNull();
        return end;
    }

    private static void assertEnded(ClientCalls.@Nullable End end, Status.Code code, SqlState state, String text) {
        assertThat(end).isNotNull();
        assertThat(end.status().getCode()).isEqualTo(code);
        ErrorFields fields = ErrorMessages.fields(end.status(), end.trailers()).orElseThrow();
        assertThat(fields.sqlState()).isEqualTo(state);
        assertThat(fields.message()).isEqualTo(text);
    }

    @Test
    void refusesASecondBegin() {
        GrpcStandby standby = begin(BEGIN);

        standby.send(BEGIN);

        assertEnded(
                endOf(standby),
                Status.Code.FAILED_PRECONDITION,
                SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                "Begin sent twice");
        assertThat(session().closed().join()).isEqualTo(CloseReason.PROTOCOL_VIOLATION);
    }

    @Test
    void wantsABeginFirst() {
        ClientCalls call = new ClientCalls(server.plain(), new Metadata());

        call.send(RequestMessages.text("IDENTIFY_SYSTEM"));

        assertThat(call.poll(SOON)).isNull();
        assertEnded(
                call.end(),
                Status.Code.INVALID_ARGUMENT,
                SqlState.PROTOCOL_VIOLATION,
                "the first message is not Begin");
    }

    @Test
    void waitsForABeginForSoLong() {
        server.close();
        Limits limits = new Limits(Duration.ofSeconds(1), 64, 8, 100, 1 << 20, 16 << 10);
        server = ServerUnderTest.start(ServerUnderTest.anyPort().withLimits(limits));
        ClientCalls call = new ClientCalls(server.plain(), new Metadata());

        assertThat(call.poll(SOON)).isNull();
        ClientCalls.End end = call.end();
        assertThat(end).isNotNull();
        assertEnded(end, Status.Code.DEADLINE_EXCEEDED, SqlState.QUERY_CANCELED, "handshake timeout");
    }

    @Test
    void endsACallWhoseFirstMessageIsNone() {
        ClientCalls call = new ClientCalls(server.plain(), new Metadata());

        call.send(new byte[] {0x0A, 0x7F});

        assertThat(call.poll(SOON)).isNull();
        assertEnded(call.end(), Status.Code.INVALID_ARGUMENT, SqlState.PROTOCOL_VIOLATION, "malformed message");
    }

    private static SessionRequest expecting(String system) {
        return BEGIN.toBuilder()
                .setBegin(Begin.newBuilder(BEGIN.getBegin()).setSystemIdentifier(Long.parseUnsignedLong(system)))
                .build();
    }

    @Test
    void servesWhomItIsTheRightSystemFor() {
        GrpcStandby standby = begin(expecting(ServerUnderTest.SYSTEM));

        assertThat(standby.identify(SOON).rows().get(0).latin1(0)).isEqualTo(ServerUnderTest.SYSTEM);
    }

    @Test
    void refusesWhomItIsAnotherSystemFor() {
        ServerErrorException refused =
                catchThrowableOfType(ServerErrorException.class, () -> begin(expecting("18446744073709551615")));

        assertThat(refused.fields())
                .isEqualTo(new ErrorFields(
                        "FATAL",
                        SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                        "database system identifier differs between the primary and standby",
                        "The primary's identifier is 7000000000000000007, the standby's identifier is"
                                + " 18446744073709551615.",
                        null));
        assertThat(session().closed().join()).isEqualTo(CloseReason.ENDED_BY_SERVER);
    }

    @Test
    void answersACommandThatItDoesNotKnowAndGoesOn() {
        GrpcStandby standby = begin(BEGIN);

        standby.send(SessionRequest.newBuilder()
                .setCommand(Command.getDefaultInstance())
                .build());
        CommandAnswer answer = standby.answer(SOON);

        assertThat(answer.error().map(ErrorFields::sqlState)).contains(SqlState.FEATURE_NOT_SUPPORTED);
        assertThat(answer.ready()).isTrue();
        standby.send(SessionRequest.getDefaultInstance());
        assertThat(standby.identify(SOON).ready()).isTrue();
    }

    @Test
    void endsASessionWithACommandWithinAStream() {
        server.service.onCommand((session, command, reply) -> reply.copyBoth(session.newStream()));
        GrpcStandby standby = begin(BEGIN);
        assertThat(standby.start(Lsn.parse("0/3000000"), TimelineId.FIRST, SOON))
                .isEqualTo(new FromServer.CopyBoth());

        standby.send(RequestMessages.text("IDENTIFY_SYSTEM"));

        assertEnded(
                endOf(standby), Status.Code.INVALID_ARGUMENT, SqlState.PROTOCOL_VIOLATION, "a command within a stream");
    }

    @Test
    void endsASessionWithACommandThatIsTooLong() {
        GrpcStandby standby = begin(BEGIN);

        standby.send(RequestMessages.text("SHOW " + "x".repeat(20_000)));

        assertEnded(
                endOf(standby),
                Status.Code.RESOURCE_EXHAUSTED,
                SqlState.PROGRAM_LIMIT_EXCEEDED,
                "command longer than 16384 bytes");
    }

    @Test
    void holdsNoMessageThatIsLongerThanAnyNeedBe() {
        ClientCalls call = new ClientCalls(server.plain(), new Metadata());

        call.send(new byte[SessionMethod.MAX_REQUEST_BYTES + 1]);

        assertThat(call.poll(SOON)).isNull();
        ClientCalls.End end = call.end();
        assertThat(end).isNotNull();
        assertThat(end.status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void readsOptionsAsPostgreSqlDoes() {
        begin(RequestMessages.begin(StandbyLogin.PHYSICAL
                        .with("options", "-c wal_sender_timeout=7s --work_mem=1MB")
                        .with("Wal_Sender_Timeout", "9s")))
                .identify(SOON);

        assertThat(session().request().parameters())
                .containsEntry("wal_sender_timeout", "9s")
                .containsEntry("work_mem", "1MB")
                .doesNotContainKey("options");
    }

    @Test
    void refusesCompressionThatIsNone() {
        Metadata headers = new Metadata();
        headers.put(Compression.WANTED, "brotli");
        ClientCalls call = new ClientCalls(server.plain(), headers);

        assertThat(call.poll(SOON)).isNull();
        ClientCalls.End end = call.end();
        assertThat(end).isNotNull();
        assertThat(end.status().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(end.status().getDescription()).contains("brotli");
        assertThat(ErrorMessages.fields(end.status(), end.trailers()).map(ErrorFields::sqlState))
                .contains(SqlState.INVALID_PARAMETER_VALUE);
    }

    @Test
    void holdsOneCommandAndReadsNoFurther() throws Exception {
        server.service.onCommand((session, command, reply) -> {});
        GrpcStandby standby = begin(BEGIN);
        for (int i = 0; i < 100; i++) {
            standby.send(RequestMessages.text("IDENTIFY_SYSTEM"));
        }
        standby.cancel();

        assertThat(standby.poll(Duration.ofMillis(300))).isNull();
        assertThat(session().commands()).hasSize(1);
        assertThat(session().cancels()).isZero();
        standby.cut();
        assertThat(session().closed().get(30, TimeUnit.SECONDS)).isEqualTo(CloseReason.CONNECTION_LOST);
    }
}
