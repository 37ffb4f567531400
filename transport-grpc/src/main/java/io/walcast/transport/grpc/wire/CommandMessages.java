// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import io.walcast.command.ReplicationCommand;
import io.walcast.command.ReplicationCommandParser;
import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.transport.grpc.v1.AlterSlotRequest;
import io.walcast.transport.grpc.v1.Command;
import io.walcast.transport.grpc.v1.CreateSlotRequest;
import io.walcast.transport.grpc.v1.StartReplication;
import java.nio.charset.StandardCharsets;

/** Commands out of messages. Stateless. */
public final class CommandMessages {
    private CommandMessages() {}

    /**
     * Returns the command in {@code message}.
     *
     * @param serverMajor whose grammar rules a command in words
     * @throws ServerErrorException if it is none, with the error to answer
     */
    public static ReplicationCommand command(Command message, int serverMajor) {
        return switch (message.getCommandCase()) {
            case IDENTIFY_SYSTEM -> new ReplicationCommand.IdentifySystem();
            case SHOW -> new ReplicationCommand.Show(message.getShow().getName());
            case READ_TIMELINE_HISTORY ->
                new ReplicationCommand.TimelineHistoryOf(
                        timeline(message.getReadTimelineHistory().getTimeline()));
            case READ_SLOT ->
                new ReplicationCommand.ReadReplicationSlot(message.getReadSlot().getSlot());
            case CREATE_SLOT -> create(message.getCreateSlot());
            case ALTER_SLOT -> alter(message.getAlterSlot());
            case DROP_SLOT ->
                new ReplicationCommand.DropReplicationSlot(
                        message.getDropSlot().getSlot(), message.getDropSlot().getWait());
            case START_REPLICATION -> start(message.getStartReplication());
            case TEXT ->
                ReplicationCommandParser.parse(message.getText().getBytes(StandardCharsets.UTF_8), serverMajor);
            case COMMAND_NOT_SET ->
                throw new ServerErrorException(
                        ErrorFields.error(SqlState.FEATURE_NOT_SUPPORTED, "unknown replication command"));
        };
    }

    private static ReplicationCommand create(CreateSlotRequest message) {
        return new ReplicationCommand.CreateReplicationSlot(
                message.getSlot(),
                message.getTemporary(),
                message.hasPlugin() ? message.getPlugin() : null,
                message.getReserveWal(),
                message.hasSnapshot() ? message.getSnapshot() : null,
                message.getTwoPhase(),
                message.getFailover());
    }

    private static ReplicationCommand alter(AlterSlotRequest message) {
        return new ReplicationCommand.AlterReplicationSlot(
                message.getSlot(),
                message.hasFailover() ? message.getFailover() : null,
                message.hasTwoPhase() ? message.getTwoPhase() : null);
    }

    private static ReplicationCommand start(StartReplication message) {
        return new ReplicationCommand.StartReplication(
                message.hasSlot() ? message.getSlot() : null,
                new Lsn(message.getStart()),
                message.getTimeline() == 0 ? null : timeline(message.getTimeline()));
    }

    private static TimelineId timeline(int number) {
        if (number == 0) {
            throw new ServerErrorException(ErrorFields.error(SqlState.SYNTAX_ERROR, "invalid timeline 0"));
        }
        return new TimelineId(number);
    }
}
