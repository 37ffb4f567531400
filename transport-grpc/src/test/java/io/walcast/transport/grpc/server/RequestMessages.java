// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.walcast.command.ReplicationCommand;
import io.walcast.testkit.standby.CommandWriter;
import io.walcast.testkit.standby.StandbyLogin;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.grpc.v1.AlterSlotRequest;
import io.walcast.transport.grpc.v1.Begin;
import io.walcast.transport.grpc.v1.Command;
import io.walcast.transport.grpc.v1.CreateSlotRequest;
import io.walcast.transport.grpc.v1.DropSlotRequest;
import io.walcast.transport.grpc.v1.IdentifySystemRequest;
import io.walcast.transport.grpc.v1.ReadSlotRequest;
import io.walcast.transport.grpc.v1.ReadTimelineHistoryRequest;
import io.walcast.transport.grpc.v1.SessionRequest;
import io.walcast.transport.grpc.v1.ShowRequest;
import io.walcast.transport.grpc.v1.StartReplication;

/** What a standby sends, as messages. */
final class RequestMessages {
    private RequestMessages() {}

    static SessionRequest begin(StandbyLogin login) {
        Begin.Builder begin = Begin.newBuilder()
                .setUser(login.user())
                .setModeValue(login.mode() == Mode.PHYSICAL ? 0 : login.mode() == Mode.LOGICAL ? 1 : 2)
                .putAllParameters(login.parameters());
        String database = login.database();
        if (database != null) {
            begin.setDatabase(database);
        }
        return SessionRequest.newBuilder().setBegin(begin).build();
    }

    static SessionRequest text(String command) {
        return SessionRequest.newBuilder()
                .setCommand(Command.newBuilder().setText(command))
                .build();
    }

    static SessionRequest command(ReplicationCommand command) {
        Command.Builder message = Command.newBuilder();
        if (command instanceof ReplicationCommand.IdentifySystem) {
            message.setIdentifySystem(IdentifySystemRequest.getDefaultInstance());
        } else if (command instanceof ReplicationCommand.Show show) {
            message.setShow(ShowRequest.newBuilder().setName(show.name()));
        } else if (command instanceof ReplicationCommand.TimelineHistoryOf history) {
            message.setReadTimelineHistory(ReadTimelineHistoryRequest.newBuilder()
                    .setTimeline(history.timeline().value()));
        } else if (command instanceof ReplicationCommand.ReadReplicationSlot read) {
            message.setReadSlot(ReadSlotRequest.newBuilder().setSlot(read.slot()));
        } else if (command instanceof ReplicationCommand.CreateReplicationSlot create) {
            message.setCreateSlot(CreateSlotRequest.newBuilder()
                    .setSlot(create.slot())
                    .setTemporary(create.temporary())
                    .setReserveWal(create.reserveWal())
                    .setTwoPhase(create.twoPhase())
                    .setFailover(create.failover()));
        } else if (command instanceof ReplicationCommand.AlterReplicationSlot alter) {
            message.setAlterSlot(alterSlot(alter));
        } else if (command instanceof ReplicationCommand.DropReplicationSlot drop) {
            message.setDropSlot(
                    DropSlotRequest.newBuilder().setSlot(drop.slot()).setWait(drop.untilUnused()));
        } else if (command instanceof ReplicationCommand.StartReplication start) {
            message.setStartReplication(startReplication(start));
        } else {
            message.setText(CommandWriter.text(command));
        }
        return SessionRequest.newBuilder().setCommand(message).build();
    }

    private static AlterSlotRequest.Builder alterSlot(ReplicationCommand.AlterReplicationSlot alter) {
        AlterSlotRequest.Builder message = AlterSlotRequest.newBuilder().setSlot(alter.slot());
        Boolean failover = alter.failover();
        Boolean twoPhase = alter.twoPhase();
        if (failover != null) {
            message.setFailover(failover);
        }
        if (twoPhase != null) {
            message.setTwoPhase(twoPhase);
        }
        return message;
    }

    private static StartReplication.Builder startReplication(ReplicationCommand.StartReplication start) {
        StartReplication.Builder message =
                StartReplication.newBuilder().setStart(start.start().value());
        if (start.slot() != null) {
            message.setSlot(start.slot());
        }
        if (start.timeline() != null) {
            message.setTimeline(start.timeline().value());
        }
        return message;
    }
}
