// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walcast.command.ReplicationCommand;
import io.walcast.command.ReplicationCommand.AlterReplicationSlot;
import io.walcast.command.ReplicationCommand.CreateReplicationSlot;
import io.walcast.command.ReplicationCommand.DropReplicationSlot;
import io.walcast.command.ReplicationCommand.IdentifySystem;
import io.walcast.command.ReplicationCommand.ReadReplicationSlot;
import io.walcast.command.ReplicationCommand.Show;
import io.walcast.command.ReplicationCommand.Sql;
import io.walcast.command.ReplicationCommand.StartReplication;
import io.walcast.command.ReplicationCommand.TimelineHistoryOf;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.transport.CloseReason;
import io.walcast.transport.CreatedSlot;
import io.walcast.transport.EndResult;
import io.walcast.transport.ExecResult;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.Reply;
import io.walcast.transport.SessionPeer;
import io.walcast.transport.SlotPosition;
import io.walcast.transport.SystemIdentity;
import io.walcast.transport.TimelineHistoryFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One session that follows a script. Threading: as {@link ReplicationSession}; a stream has a thread that plays it. */
final class PrimaryPlayer implements ReplicationSession {
    private final PrimaryScript script;
    private final PrimaryAnswers answers;
    private final SessionPeer peer;
    private final int pid;
    private @Nullable PlayedStream stream;

    PrimaryPlayer(PrimaryScript script, SessionPeer peer, int pid) {
        this.script = script;
        this.answers = new PrimaryAnswers(script);
        this.peer = peer;
        this.pid = pid;
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public Map<String, String> parameters() {
        return Map.of("server_version", script.serverMajor() + ".0");
    }

    @Override
    public void execute(ReplicationCommand command, Reply reply) {
        if (command instanceof IdentifySystem) {
            call(PrimaryCall.IDENTIFY_SYSTEM, "", reply, () -> identify(reply));
        } else if (command instanceof Show show) {
            call(
                    PrimaryCall.SHOW,
                    show.name(),
                    reply,
                    () -> row(reply, "SHOW", show.name(), answers.show(show.name())));
        } else if (command instanceof TimelineHistoryOf of) {
            call(PrimaryCall.TIMELINE_HISTORY, of.timeline().toString(), reply, () -> history(of, reply));
        } else if (command instanceof StartReplication start) {
            String slot = start.slot() == null ? "" : start.slot() + " ";
            String timeline = start.timeline() == null ? "" : "/" + start.timeline();
            call(PrimaryCall.START_STREAMING, slot + start.start() + timeline, reply, () -> stream(reply));
        } else if (command instanceof Sql sql) {
            call(PrimaryCall.EXEC, sql.text(), reply, () -> exec(sql.text(), reply));
        } else {
            executeOnSlot(command, reply);
        }
    }

    private void executeOnSlot(ReplicationCommand command, Reply reply) {
        if (command instanceof ReadReplicationSlot read) {
            call(PrimaryCall.READ_SLOT, read.slot(), reply, () -> readSlot(read.slot(), reply));
        } else if (command instanceof CreateReplicationSlot create) {
            call(PrimaryCall.CREATE_SLOT, create.slot(), reply, () -> createSlot(create, reply));
        } else if (command instanceof AlterReplicationSlot alter) {
            call(PrimaryCall.ALTER_SLOT, alter.slot(), reply, () -> {
                answers.alterSlot(alter.slot());
                complete(reply, "ALTER_REPLICATION_SLOT");
            });
        } else if (command instanceof DropReplicationSlot drop) {
            call(PrimaryCall.DROP_SLOT, drop.slot(), reply, () -> {
                answers.dropSlot(drop.slot());
                complete(reply, "DROP_REPLICATION_SLOT");
            });
        } else {
            reply.error(ErrorFields.error(SqlState.FEATURE_NOT_SUPPORTED, "not in the script: " + command));
        }
    }

    private void call(PrimaryCall call, String argument, Reply reply, Runnable answer) {
        script.journal().called(call, argument);
        Reaction reaction = script.takeReaction(call);
        while (reaction instanceof Reaction.Notice notice) {
            peer.notice(notice.fields());
            reaction = script.takeReaction(call);
        }
        if (reaction instanceof Reaction.Fail fail) {
            reply.error(fail.fields());
        } else if (reaction instanceof Reaction.Drop) {
            peer.drop();
        } else if (reaction == null) {
            try {
                answer.run();
            } catch (ServerErrorException e) {
                reply.error(e.fields());
            }
        }
    }

    private void identify(Reply reply) {
        SystemIdentity identity = answers.identifySystem();
        rowDescription(reply, List.of("systemid", "timeline", "xlogpos", "dbname"));
        dataRow(
                reply,
                identity.systemIdentifier().toString(),
                identity.timeline().toString(),
                identity.flushed().toString(),
                identity.database());
        complete(reply, "IDENTIFY_SYSTEM");
    }

    private void history(TimelineHistoryOf command, Reply reply) {
        TimelineHistoryFile file = answers.readTimelineHistory(command.timeline());
        byte[] content = new byte[file.content().remaining()];
        file.content().duplicate().get(content);
        rowDescription(reply, List.of("filename", "content"));
        reply.dataRow(List.of(file.fileName().getBytes(UTF_8), content));
        complete(reply, "TIMELINE_HISTORY");
    }

    private void readSlot(String name, Reply reply) {
        SlotPosition slot = answers.readSlot(name).orElse(null);
        rowDescription(reply, List.of("slot_type", "restart_lsn", "restart_tli"));
        if (slot == null) {
            dataRow(reply, null, null, null);
        } else {
            dataRow(reply, slot.type(), text(slot.restartLsn()), text(slot.restartTimeline()));
        }
        complete(reply, "READ_REPLICATION_SLOT");
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private void createSlot(CreateReplicationSlot command, Reply reply) {
        CreatedSlot created = answers.createSlot(command.slot(), command.plugin(), command.reserveWal());
        rowDescription(reply, List.of("slot_name", "consistent_point", "snapshot_name", "output_plugin"));
        dataRow(reply, created.name(), created.consistentPoint().toString(), null, command.plugin());
        complete(reply, "CREATE_REPLICATION_SLOT");
    }

    private void exec(String command, Reply reply) {
        ExecResult result = answers.exec(command);
        if (!result.columns().isEmpty()) {
            rowDescription(reply, result.columns());
            result.rows().forEach(row -> dataRow(reply, row.toArray(String[]::new)));
        }
        complete(reply, result.tag());
    }

    private void stream(Reply reply) {
        PrimaryStream next = script.takeStream();
        EndResult nothingThere = next.nothingThere();
        if (nothingThere != null) {
            endOfStream(reply, nothingThere);
            return;
        }
        PlayedStream played = new PlayedStream(next, script.journal(), peer, reply);
        stream = played;
        reply.copyBoth(played);
        Thread thread = new Thread(played, "walcast-primary-player");
        thread.setDaemon(true);
        thread.start();
    }

    static void endOfStream(Reply reply, EndResult end) {
        if (end.nextTimeline() != null) {
            rowDescription(reply, List.of("next_tli", "next_tli_startpos"));
            dataRow(reply, text(end.nextTimeline()), text(end.nextStart()));
            reply.commandComplete("START_STREAMING");
        }
        complete(reply, "START_REPLICATION");
    }

    private static void row(Reply reply, String tag, String column, String value) {
        rowDescription(reply, List.of(column));
        dataRow(reply, value);
        complete(reply, tag);
    }

    private static void rowDescription(Reply reply, List<String> names) {
        reply.rowDescription(names.stream().map(Reply.Column::text).toList());
    }

    private static void dataRow(Reply reply, @Nullable String... values) {
        List<byte @Nullable []> row = new ArrayList<>();
        for (String value : values) {
            row.add(value == null ? null : value.getBytes(UTF_8));
        }
        reply.dataRow(row);
    }

    private static void complete(Reply reply, String tag) {
        reply.commandComplete(tag);
        reply.ready();
    }

    @Override
    public void received(StandbyMessage message) {
        PlayedStream current = stream;
        if (current != null) {
            current.awaitReading();
        }
        script.journal().received(message);
    }

    @Override
    public void cancelCommand() {
        // a script has nothing to cancel
    }

    @Override
    public void closed(CloseReason reason) {
        PlayedStream current = stream;
        if (current != null) {
            current.end();
        }
        if (reason == CloseReason.TERMINATED_BY_PEER || reason == CloseReason.CONNECTION_LOST) {
            script.journal().disconnected();
        }
    }
}
