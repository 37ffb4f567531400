// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.standby;

import io.walcast.command.CommandOption;
import io.walcast.command.ReplicationCommand;
import io.walcast.command.ReplicationCommand.AlterReplicationSlot;
import io.walcast.command.ReplicationCommand.BaseBackup;
import io.walcast.command.ReplicationCommand.CreateReplicationSlot;
import io.walcast.command.ReplicationCommand.DropReplicationSlot;
import io.walcast.command.ReplicationCommand.IdentifySystem;
import io.walcast.command.ReplicationCommand.ReadReplicationSlot;
import io.walcast.command.ReplicationCommand.Show;
import io.walcast.command.ReplicationCommand.Sql;
import io.walcast.command.ReplicationCommand.StartLogicalReplication;
import io.walcast.command.ReplicationCommand.StartReplication;
import io.walcast.command.ReplicationCommand.TimelineHistoryOf;
import io.walcast.command.ReplicationCommand.UploadManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes commands as text, in the syntax from 15 on. For one command. */
public final class CommandWriter implements ReplicationCommand.Handler {
    private String text = "";

    private CommandWriter() {}

    /** Returns the text of a command. */
    public static String text(ReplicationCommand command) {
        CommandWriter writer = new CommandWriter();
        command.dispatchTo(writer);
        return writer.text;
    }

    @Override
    public void onIdentifySystem(IdentifySystem command) {
        text = "IDENTIFY_SYSTEM";
    }

    @Override
    public void onShow(Show command) {
        text = "SHOW " + command.name();
    }

    @Override
    public void onTimelineHistoryOf(TimelineHistoryOf command) {
        text = "TIMELINE_HISTORY " + command.timeline();
    }

    @Override
    public void onReadReplicationSlot(ReadReplicationSlot command) {
        text = "READ_REPLICATION_SLOT " + quoted(command.slot());
    }

    @Override
    public void onCreateReplicationSlot(CreateReplicationSlot command) {
        List<String> options = new ArrayList<>();
        if (command.reserveWal()) {
            options.add("RESERVE_WAL");
        }
        if (command.snapshot() != null) {
            options.add("SNAPSHOT '" + command.snapshot() + "'");
        }
        if (command.twoPhase()) {
            options.add("TWO_PHASE");
        }
        if (command.failover()) {
            options.add("FAILOVER");
        }
        text = "CREATE_REPLICATION_SLOT " + quoted(command.slot())
                + (command.temporary() ? " TEMPORARY" : "")
                + (command.plugin() == null ? " PHYSICAL" : " LOGICAL " + quoted(command.plugin()))
                + inParentheses(options);
    }

    @Override
    public void onAlterReplicationSlot(AlterReplicationSlot command) {
        List<String> options = new ArrayList<>();
        if (command.failover() != null) {
            options.add("FAILOVER " + command.failover());
        }
        if (command.twoPhase() != null) {
            options.add("TWO_PHASE " + command.twoPhase());
        }
        text = "ALTER_REPLICATION_SLOT " + quoted(command.slot()) + inParentheses(options);
    }

    @Override
    public void onDropReplicationSlot(DropReplicationSlot command) {
        text = "DROP_REPLICATION_SLOT " + quoted(command.slot()) + (command.untilUnused() ? " WAIT" : "");
    }

    @Override
    public void onStartReplication(StartReplication command) {
        text = "START_REPLICATION" + (command.slot() == null ? "" : " SLOT " + quoted(command.slot()))
                + " PHYSICAL " + command.start()
                + (command.timeline() == null ? "" : " TIMELINE " + command.timeline());
    }

    @Override
    public void onStartLogicalReplication(StartLogicalReplication command) {
        text = "START_REPLICATION SLOT " + quoted(command.slot()) + " LOGICAL " + command.start()
                + inParentheses(options(command.options()));
    }

    @Override
    public void onBaseBackup(BaseBackup command) {
        text = "BASE_BACKUP" + inParentheses(options(command.options()));
    }

    @Override
    public void onUploadManifest(UploadManifest command) {
        text = "UPLOAD_MANIFEST";
    }

    @Override
    public void onSql(Sql command) {
        text = command.text();
    }

    private static List<String> options(List<CommandOption> options) {
        return options.stream()
                .map(option -> quoted(option.name()) + literal(option.value()))
                .toList();
    }

    private static String literal(@Nullable String value) {
        return value == null ? "" : " '" + value.replace("'", "''") + "'";
    }

    private static String inParentheses(List<String> options) {
        return options.isEmpty() ? "" : options.stream().collect(Collectors.joining(", ", " (", ")"));
    }

    private static String quoted(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }
}
