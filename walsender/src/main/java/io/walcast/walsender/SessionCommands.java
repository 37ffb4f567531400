// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import io.walcast.command.ReplicationCommand.AlterReplicationSlot;
import io.walcast.command.ReplicationCommand.BaseBackup;
import io.walcast.command.ReplicationCommand.CreateReplicationSlot;
import io.walcast.command.ReplicationCommand.DropReplicationSlot;
import io.walcast.command.ReplicationCommand.Handler;
import io.walcast.command.ReplicationCommand.IdentifySystem;
import io.walcast.command.ReplicationCommand.ReadReplicationSlot;
import io.walcast.command.ReplicationCommand.Show;
import io.walcast.command.ReplicationCommand.Sql;
import io.walcast.command.ReplicationCommand.StartLogicalReplication;
import io.walcast.command.ReplicationCommand.StartReplication;
import io.walcast.command.ReplicationCommand.TimelineHistoryOf;
import io.walcast.command.ReplicationCommand.UploadManifest;
import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import io.walcast.core.storage.ServedPosition;
import io.walcast.guc.Settings;
import io.walcast.transport.Reply;
import io.walcast.transport.Reply.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Executes the commands of one session ({@code exec_replication_command}).
 *
 * <p>Threading: {@link Handler}'s methods on the transport's thread; the rest of a command may follow on the shared executor.
 */
final class SessionCommands implements Handler {
    private static final int INT8_TIMELINE_MAJOR = 16;
    private static final int START_WITHOUT_IDENTIFY_MAJOR = 15;
    private static final int TEXT_OID = 25;

    private final WalSender session;
    private final SlotCommands slots;
    private final StreamOpener opener;
    private boolean identified;

    SessionCommands(WalSender session) {
        this.session = requireNonNull(session, "session");
        slots = new SlotCommands(session);
        opener = new StreamOpener(session);
    }

    private Reply reply() {
        return session.running().reply();
    }

    @Override
    public void onIdentifySystem(IdentifySystem command) {
        identified = true;
        ServedPosition position = session.node().position();
        boolean wide = session.node().major() >= INT8_TIMELINE_MAJOR;
        TimelineId timeline = position.timeline();
        reply().rowDescription(List.of(
                Column.text("systemid"),
                wide ? Column.int8("timeline") : Column.int4("timeline"),
                Column.text("xlogpos"),
                Column.text("dbname")));
        reply().dataRow(ResultRows.of(
                session.node().wal().systemIdentifier().toString(),
                wide ? timeline.toString() : Integer.toString(timeline.value()),
                position.flushedUpto().toString(),
                null));
        session.complete("IDENTIFY_SYSTEM");
    }

    @Override
    public void onShow(Show command) {
        Settings settings = session.settings().all();
        String name = settings.canonicalName(command.name());
        reply().rowDescription(List.of(Column.text(name)));
        reply().dataRow(ResultRows.of(settings.show(name)));
        session.complete("SHOW");
    }

    @Override
    public void onTimelineHistoryOf(TimelineHistoryOf command) {
        session.later("read the timeline history", () -> sendHistory(command.timeline()));
    }

    /** The columns go first, then the file is looked for: so does PostgreSQL. */
    private void sendHistory(TimelineId timeline) {
        int modifier = session.node().major() >= INT8_TIMELINE_MAJOR ? -1 : 0;
        reply().rowDescription(List.of(
                new Column("filename", TEXT_OID, -1, modifier), new Column("content", TEXT_OID, -1, modifier)));
        String fileName = TimelineHistory.fileName(timeline);
        byte[] content = session.node().wal().history(timeline).orElse(null);
        if (content == null) {
            session.fail(SessionErrors.noHistoryFile(fileName));
            return;
        }
        List<byte @Nullable []> row = ResultRows.of(fileName);
        row.add(content);
        reply().dataRow(row);
        session.complete("TIMELINE_HISTORY");
    }

    @Override
    public void onReadReplicationSlot(ReadReplicationSlot command) {
        session.later("read the slot", () -> slots.read(command));
    }

    @Override
    public void onCreateReplicationSlot(CreateReplicationSlot command) {
        if (command.plugin() != null) {
            session.fail(SessionErrors.unsupported("logical replication"));
            return;
        }
        session.later("create the slot", () -> slots.create(command));
    }

    @Override
    public void onAlterReplicationSlot(AlterReplicationSlot command) {
        slots.alter(command);
    }

    @Override
    public void onDropReplicationSlot(DropReplicationSlot command) {
        session.later("drop the slot", () -> slots.drop(command));
    }

    @Override
    public void onStartReplication(StartReplication command) {
        if (!identified && session.node().major() < START_WITHOUT_IDENTIFY_MAJOR) {
            session.fail(SessionErrors.notIdentified());
            return;
        }
        session.later("start replication", () -> opener.open(command));
    }

    @Override
    public void onStartLogicalReplication(StartLogicalReplication command) {
        session.fail(SessionErrors.unsupported("logical replication"));
    }

    @Override
    public void onBaseBackup(BaseBackup command) {
        session.fail(SessionErrors.unsupported("BASE_BACKUP"));
    }

    @Override
    public void onUploadManifest(UploadManifest command) {
        session.fail(SessionErrors.unsupported("UPLOAD_MANIFEST"));
    }

    @Override
    public void onSql(Sql command) {
        session.fail(SessionErrors.sql());
    }
}
