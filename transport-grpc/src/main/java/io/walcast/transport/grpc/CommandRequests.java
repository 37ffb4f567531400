// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.walcast.core.TimelineId;
import io.walcast.transport.AlterSlot;
import io.walcast.transport.CreateSlot;
import io.walcast.transport.StreamOptions;
import io.walcast.transport.client.CommandText;
import io.walcast.transport.grpc.v1.AlterSlotRequest;
import io.walcast.transport.grpc.v1.Command;
import io.walcast.transport.grpc.v1.CreateSlotRequest;
import io.walcast.transport.grpc.v1.DropSlotRequest;
import io.walcast.transport.grpc.v1.IdentifySystemRequest;
import io.walcast.transport.grpc.v1.ReadSlotRequest;
import io.walcast.transport.grpc.v1.ReadTimelineHistoryRequest;
import io.walcast.transport.grpc.v1.ShowRequest;
import io.walcast.transport.grpc.v1.StartReplication;

/** The receiver's commands as messages. Stateless. */
final class CommandRequests {
    private CommandRequests() {}

    static Command identifySystem() {
        return Command.newBuilder()
                .setIdentifySystem(IdentifySystemRequest.getDefaultInstance())
                .build();
    }

    static Command show(String parameter) {
        return Command.newBuilder()
                .setShow(ShowRequest.newBuilder().setName(parameter))
                .build();
    }

    static Command timelineHistory(TimelineId timeline) {
        return Command.newBuilder()
                .setReadTimelineHistory(ReadTimelineHistoryRequest.newBuilder().setTimeline(timeline.value()))
                .build();
    }

    static Command readSlot(String slot) {
        return Command.newBuilder()
                .setReadSlot(ReadSlotRequest.newBuilder().setSlot(slot))
                .build();
    }

    static Command createSlot(CreateSlot slot) {
        CreateSlotRequest.Builder request = CreateSlotRequest.newBuilder()
                .setSlot(slot.name())
                .setTemporary(slot.temporary())
                .setReserveWal(slot.reserveWal())
                .setTwoPhase(slot.twoPhase())
                .setFailover(slot.failover());
        String plugin = slot.plugin();
        if (plugin != null) {
            request.setPlugin(plugin);
        }
        String snapshot = slot.snapshot();
        if (snapshot != null) {
            request.setSnapshot(snapshot);
        }
        return Command.newBuilder().setCreateSlot(request).build();
    }

    static Command alterSlot(AlterSlot slot) {
        AlterSlotRequest.Builder request = AlterSlotRequest.newBuilder().setSlot(slot.name());
        Boolean failover = slot.failover();
        if (failover != null) {
            request.setFailover(failover);
        }
        Boolean twoPhase = slot.twoPhase();
        if (twoPhase != null) {
            request.setTwoPhase(twoPhase);
        }
        return Command.newBuilder().setAlterSlot(request).build();
    }

    static Command dropSlot(String slot, boolean wait) {
        return Command.newBuilder()
                .setDropSlot(DropSlotRequest.newBuilder().setSlot(slot).setWait(wait))
                .build();
    }

    static Command startReplication(StreamOptions options) {
        if (!(options instanceof StreamOptions.Physical physical)) {
            return text(CommandText.startReplication(options));
        }
        StartReplication.Builder request = StartReplication.newBuilder()
                .setStart(physical.start().value())
                .setTimeline(physical.timeline().value());
        String slot = physical.slot();
        if (slot != null) {
            request.setSlot(slot);
        }
        return Command.newBuilder().setStartReplication(request).build();
    }

    /** A command in PostgreSQL's own words, or SQL. */
    static Command text(String command) {
        return Command.newBuilder().setText(command).build();
    }
}
