// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.walcast.command.ReplicationCommand;
import io.walcast.core.Lsn;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.testkit.service.ScriptedSession;
import io.walcast.transport.CloseReason;
import io.walcast.transport.grpc.QuietGrpc;
import io.walcast.transport.grpc.v1.AlterSlotRequest;
import io.walcast.transport.grpc.v1.CreateSlotRequest;
import io.walcast.transport.grpc.v1.CreateSlotResponse;
import io.walcast.transport.grpc.v1.DropSlotRequest;
import io.walcast.transport.grpc.v1.IdentifySystemRequest;
import io.walcast.transport.grpc.v1.IdentifySystemResponse;
import io.walcast.transport.grpc.v1.ReadSlotRequest;
import io.walcast.transport.grpc.v1.ReadSlotResponse;
import io.walcast.transport.grpc.v1.ReadTimelineHistoryRequest;
import io.walcast.transport.grpc.v1.ReadTimelineHistoryResponse;
import io.walcast.transport.grpc.v1.ReplicationGrpc;
import io.walcast.transport.grpc.v1.ShowRequest;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Calls that are a session of one command. */
@Timeout(120)
@ExtendWith(QuietGrpc.class)
class OneAnswerIT {
    private ServerUnderTest server;
    private ReplicationGrpc.ReplicationBlockingStub stub;

    @BeforeEach
    void listen() {
        server = ServerUnderTest.start(ServerUnderTest.anyPort());
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("walcast-user", Metadata.ASCII_STRING_MARSHALLER), "rep");
        headers.put(Metadata.Key.of("walcast-application-name", Metadata.ASCII_STRING_MARSHALLER), "tool");
        stub = ReplicationGrpc.newBlockingStub(server.plain())
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private void answers(String tag, List<String> columns, @Nullable String... values) {
        server.service.onCommand((session, command, reply) -> ServerUnderTest.rows(reply, tag, columns, values));
    }

    private ScriptedSession session() {
        return server.service.sessions().get(0);
    }

    @Test
    void identifiesTheSystem() {
        IdentifySystemResponse answer = stub.identifySystem(IdentifySystemRequest.getDefaultInstance());

        assertThat(Long.toUnsignedString(answer.getSystemIdentifier())).isEqualTo(ServerUnderTest.SYSTEM);
        assertThat(answer.getTimeline()).isEqualTo(3);
        assertThat(new Lsn(answer.getFlushed())).isEqualTo(Lsn.parse("0/5000060"));
        assertThat(answer.hasDatabase()).isFalse();
        assertThat(session().request().user()).isEqualTo("rep");
        assertThat(session().request().applicationName()).isEqualTo("tool");
        assertThat(session().closed().join()).isEqualTo(CloseReason.TERMINATED_BY_PEER);
    }

    @Test
    void showsASetting() {
        answers("SHOW", List.of("wal_segment_size"), "16MB");

        assertThat(stub.show(ShowRequest.newBuilder()
                                .setName("wal_segment_size")
                                .build())
                        .getValue())
                .isEqualTo("16MB");
        assertThat(session().commands()).containsExactly(new ReplicationCommand.Show("wal_segment_size"));
    }

    @Test
    void readsAHistory() {
        answers("TIMELINE_HISTORY", List.of("filename", "content"), "00000003.history", "1\t0/1000000\tno reason\n");

        ReadTimelineHistoryResponse answer = stub.readTimelineHistory(
                ReadTimelineHistoryRequest.newBuilder().setTimeline(3).build());

        assertThat(answer.getFileName()).isEqualTo("00000003.history");
        assertThat(answer.getContent()).isEqualTo(ByteString.copyFromUtf8("1\t0/1000000\tno reason\n"));
    }

    @Test
    void readsASlot() {
        List<String> columns = List.of("slot_type", "restart_lsn", "restart_tli");
        answers("READ_REPLICATION_SLOT", columns, "physical", "0/3000000", "1");
        ReadSlotRequest request = ReadSlotRequest.newBuilder().setSlot("s").build();

        ReadSlotResponse found = stub.readSlot(request);
        answers("READ_REPLICATION_SLOT", columns, null, null, null);
        ReadSlotResponse none = stub.readSlot(request);

        assertThat(found.getType()).isEqualTo("physical");
        assertThat(new Lsn(found.getRestartLsn())).isEqualTo(Lsn.parse("0/3000000"));
        assertThat(found.getRestartTimeline()).isEqualTo(1);
        assertThat(none).isEqualTo(ReadSlotResponse.getDefaultInstance());
    }

    @Test
    void createsAltersAndDropsASlot() {
        List<String> columns = List.of("slot_name", "consistent_point", "snapshot_name", "output_plugin");
        answers("CREATE_REPLICATION_SLOT", columns, "s", "0/0", null, null);

        CreateSlotResponse created = stub.createSlot(
                CreateSlotRequest.newBuilder().setSlot("s").setReserveWal(true).build());
        server.service.onCommand((session, command, reply) -> {
            reply.commandComplete("DONE");
            reply.ready();
        });
        stub.alterSlot(
                AlterSlotRequest.newBuilder().setSlot("s").setFailover(true).build());
        stub.dropSlot(DropSlotRequest.newBuilder().setSlot("s").build());

        assertThat(created.getSlot()).isEqualTo("s");
        assertThat(created.hasSnapshotName()).isFalse();
        assertThat(server.service.sessions().stream().flatMap(session -> session.commands().stream()))
                .containsExactly(
                        new ReplicationCommand.CreateReplicationSlot("s", false, null, true, null, false, false),
                        new ReplicationCommand.AlterReplicationSlot("s", true, null),
                        new ReplicationCommand.DropReplicationSlot("s", false));
    }

    @Test
    void tellsTheSessionsError() {
        server.service.onCommand((session, command, reply) ->
                reply.error(ErrorFields.error(SqlState.UNDEFINED_OBJECT, "replication slot \"s\" does not exist")));

        assertThatThrownBy(() ->
                        stub.dropSlot(DropSlotRequest.newBuilder().setSlot("s").build()))
                .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
                    assertThat(e.getStatus().getDescription()).isEqualTo("replication slot \"s\" does not exist");
                });
        assertThat(session().closed().join()).isEqualTo(CloseReason.ENDED_BY_SERVER);
    }

    @Test
    void keepsDeadlines() {
        server.service.onCommand((session, command, reply) -> {});

        assertThatThrownBy(() -> stub.withDeadlineAfter(200, TimeUnit.MILLISECONDS)
                        .identifySystem(IdentifySystemRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
        assertThat(session().closed().orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(CloseReason.CONNECTION_LOST);
    }

    @Test
    void endsWhatItsClientGivesUp() {
        server.service.onCommand((session, command, reply) -> {});
        Context.CancellableContext context = Context.current().withCancellation();
        Runnable call = () -> assertThatThrownBy(() -> stub.identifySystem(IdentifySystemRequest.getDefaultInstance()))
                .isNotNull();
        new Thread(context.wrap(call)).start();
        await().until(() -> server.service.sessions().size() == 1);

        context.cancel(null);

        assertThat(session().closed().orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(CloseReason.CONNECTION_LOST);
    }
}
