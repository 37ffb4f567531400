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
import java.util.Set;

/**
 * Commands out of messages. What a typed one may say is what PostgreSQL lets one in words say, with the same errors.
 * Stateless.
 */
public final class CommandMessages {
    private static final int READ_SLOT_SINCE = 15;
    private static final int ALTER_SLOT_SINCE = 17;
    private static final int FAILOVER_SINCE = 17;
    private static final int ALTER_TWO_PHASE_SINCE = 18;
    private static final Set<String> SNAPSHOT_ACTIONS = Set.of("export", "use", "nothing");

    private CommandMessages() {}

    /**
     * Returns the command in {@code message}.
     *
     * @param serverMajor the version whose commands and options there are
     * @throws ServerErrorException if it is none, with the error to answer
     */
    public static ReplicationCommand command(Command message, int serverMajor) {
        if (message.getSerializedSize() > ReplicationCommandParser.MAX_BYTES && !message.hasText()) {
            throw error(
                    SqlState.PROGRAM_LIMIT_EXCEEDED,
                    "command is too long (max %d bytes)".formatted(ReplicationCommandParser.MAX_BYTES));
        }
        return switch (message.getCommandCase()) {
            case IDENTIFY_SYSTEM -> new ReplicationCommand.IdentifySystem();
            case SHOW -> new ReplicationCommand.Show(message.getShow().getName());
            case READ_TIMELINE_HISTORY ->
                new ReplicationCommand.TimelineHistoryOf(
                        timeline(message.getReadTimelineHistory().getTimeline()));
            case READ_SLOT -> {
                requireKnown(serverMajor, READ_SLOT_SINCE);
                yield new ReplicationCommand.ReadReplicationSlot(
                        message.getReadSlot().getSlot());
            }
            case CREATE_SLOT -> create(message.getCreateSlot(), serverMajor);
            case ALTER_SLOT -> {
                requireKnown(serverMajor, ALTER_SLOT_SINCE);
                yield alter(message.getAlterSlot(), serverMajor);
            }
            case DROP_SLOT ->
                new ReplicationCommand.DropReplicationSlot(
                        message.getDropSlot().getSlot(), message.getDropSlot().getWait());
            case START_REPLICATION -> start(message.getStartReplication());
            case TEXT ->
                ReplicationCommandParser.parse(message.getText().getBytes(StandardCharsets.UTF_8), serverMajor);
            case COMMAND_NOT_SET -> throw unknownCommand();
        };
    }

    private static void requireKnown(int serverMajor, int since) {
        if (serverMajor < since) {
            throw unknownCommand();
        }
    }

    private static ReplicationCommand create(CreateSlotRequest message, int serverMajor) {
        boolean isLogical = message.hasPlugin();
        boolean hasLogicalOptions = message.hasSnapshot() || message.getTwoPhase() || message.getFailover();
        if (message.getFailover() && serverMajor < FAILOVER_SINCE) {
            throw unrecognizedOption("failover");
        }
        if (isLogical ? message.getReserveWal() : hasLogicalOptions) {
            throw error(SqlState.SYNTAX_ERROR, "conflicting or redundant options");
        }
        if (message.hasSnapshot() && !SNAPSHOT_ACTIONS.contains(message.getSnapshot())) {
            throw error(
                    SqlState.INVALID_PARAMETER_VALUE,
                    "unrecognized value for CREATE_REPLICATION_SLOT option \"snapshot\": \"%s\""
                            .formatted(message.getSnapshot()));
        }
        return new ReplicationCommand.CreateReplicationSlot(
                message.getSlot(),
                message.getTemporary(),
                isLogical ? message.getPlugin() : null,
                message.getReserveWal(),
                message.hasSnapshot() ? message.getSnapshot() : null,
                message.getTwoPhase(),
                message.getFailover());
    }

    private static ReplicationCommand alter(AlterSlotRequest message, int serverMajor) {
        if (message.hasTwoPhase() && serverMajor < ALTER_TWO_PHASE_SINCE) {
            throw unrecognizedOption("two_phase");
        }
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
            throw error(SqlState.SYNTAX_ERROR, "invalid timeline 0");
        }
        return new TimelineId(number);
    }

    private static ServerErrorException unknownCommand() {
        return error(SqlState.FEATURE_NOT_SUPPORTED, "unknown replication command");
    }

    private static ServerErrorException unrecognizedOption(String name) {
        return error(SqlState.INTERNAL_ERROR, "unrecognized option: " + name);
    }

    private static ServerErrorException error(SqlState sqlState, String message) {
        return new ServerErrorException(ErrorFields.error(sqlState, message));
    }
}
