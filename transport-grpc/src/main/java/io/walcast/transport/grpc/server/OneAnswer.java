// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import com.google.protobuf.ByteString;
import io.grpc.MethodDescriptor;
import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.transport.CreatedSlot;
import io.walcast.transport.SlotPosition;
import io.walcast.transport.SystemIdentity;
import io.walcast.transport.TimelineHistoryFile;
import io.walcast.transport.client.CommandAnswers;
import io.walcast.transport.client.QueryResult;
import io.walcast.transport.grpc.v1.AlterSlotRequest;
import io.walcast.transport.grpc.v1.AlterSlotResponse;
import io.walcast.transport.grpc.v1.Command;
import io.walcast.transport.grpc.v1.CreateSlotRequest;
import io.walcast.transport.grpc.v1.CreateSlotResponse;
import io.walcast.transport.grpc.v1.DropSlotRequest;
import io.walcast.transport.grpc.v1.DropSlotResponse;
import io.walcast.transport.grpc.v1.IdentifySystemRequest;
import io.walcast.transport.grpc.v1.IdentifySystemResponse;
import io.walcast.transport.grpc.v1.ReadSlotRequest;
import io.walcast.transport.grpc.v1.ReadSlotResponse;
import io.walcast.transport.grpc.v1.ReadTimelineHistoryRequest;
import io.walcast.transport.grpc.v1.ReadTimelineHistoryResponse;
import io.walcast.transport.grpc.v1.ReplicationGrpc;
import io.walcast.transport.grpc.v1.ShowRequest;
import io.walcast.transport.grpc.v1.ShowResponse;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A method that is one command and its answer.
 *
 * @param method as clients call it
 * @param command what to execute
 * @param answer what came of it, as a message
 */
record OneAnswer<Q, A>(
        MethodDescriptor<Q, A> method,
        Function<Q, Command.Builder> command,
        BiFunction<Q, List<QueryResult>, A> answer) {

    /** All there are. */
    static final List<OneAnswer<?, ?>> ALL = List.of(
            new OneAnswer<IdentifySystemRequest, IdentifySystemResponse>(
                    ReplicationGrpc.getIdentifySystemMethod(),
                    request -> Command.newBuilder().setIdentifySystem(request),
                    (request, results) -> identity(CommandAnswers.systemIdentity(results))),
            new OneAnswer<ShowRequest, ShowResponse>(
                    ReplicationGrpc.getShowMethod(),
                    request -> Command.newBuilder().setShow(request),
                    (request, results) -> ShowResponse.newBuilder()
                            .setValue(CommandAnswers.shown(results, request.getName()))
                            .build()),
            new OneAnswer<ReadTimelineHistoryRequest, ReadTimelineHistoryResponse>(
                    ReplicationGrpc.getReadTimelineHistoryMethod(),
                    request -> Command.newBuilder().setReadTimelineHistory(request),
                    (request, results) ->
                            history(CommandAnswers.timelineHistory(results, new TimelineId(request.getTimeline())))),
            new OneAnswer<ReadSlotRequest, ReadSlotResponse>(
                    ReplicationGrpc.getReadSlotMethod(),
                    request -> Command.newBuilder().setReadSlot(request),
                    (request, results) -> slot(CommandAnswers.slotPosition(results))),
            new OneAnswer<CreateSlotRequest, CreateSlotResponse>(
                    ReplicationGrpc.getCreateSlotMethod(),
                    request -> Command.newBuilder().setCreateSlot(request),
                    (request, results) -> created(CommandAnswers.createdSlot(results))),
            new OneAnswer<AlterSlotRequest, AlterSlotResponse>(
                    ReplicationGrpc.getAlterSlotMethod(),
                    request -> Command.newBuilder().setAlterSlot(request),
                    (request, results) -> AlterSlotResponse.getDefaultInstance()),
            new OneAnswer<DropSlotRequest, DropSlotResponse>(
                    ReplicationGrpc.getDropSlotMethod(),
                    request -> Command.newBuilder().setDropSlot(request),
                    (request, results) -> DropSlotResponse.getDefaultInstance()));

    private static IdentifySystemResponse identity(SystemIdentity identity) {
        IdentifySystemResponse.Builder message = IdentifySystemResponse.newBuilder()
                .setSystemIdentifier(identity.systemIdentifier().value())
                .setTimeline(identity.timeline().value())
                .setFlushed(identity.flushed().value());
        String database = identity.database();
        if (database != null) {
            message.setDatabase(database);
        }
        return message.build();
    }

    private static ReadTimelineHistoryResponse history(TimelineHistoryFile file) {
        return ReadTimelineHistoryResponse.newBuilder()
                .setFileName(file.fileName())
                .setContent(ByteString.copyFrom(file.content()))
                .build();
    }

    private static ReadSlotResponse slot(Optional<SlotPosition> found) {
        ReadSlotResponse.Builder message = ReadSlotResponse.newBuilder();
        found.ifPresent(slot -> {
            message.setType(slot.type());
            Lsn restart = slot.restartLsn();
            if (restart != null) {
                message.setRestartLsn(restart.value());
            }
            TimelineId timeline = slot.restartTimeline();
            if (timeline != null) {
                message.setRestartTimeline(timeline.value());
            }
        });
        return message.build();
    }

    private static CreateSlotResponse created(CreatedSlot slot) {
        CreateSlotResponse.Builder message = CreateSlotResponse.newBuilder()
                .setSlot(slot.name())
                .setConsistentPoint(slot.consistentPoint().value());
        String snapshot = slot.snapshotName();
        if (snapshot != null) {
            message.setSnapshotName(snapshot);
        }
        String plugin = slot.outputPlugin();
        if (plugin != null) {
            message.setOutputPlugin(plugin);
        }
        return message.build();
    }
}
