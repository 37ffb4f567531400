// SPDX-License-Identifier: Apache-2.0
package io.walcast.command;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command on a replication connection (PostgreSQL manual, "Streaming Replication Protocol").
 *
 * <p>Names of slots are as they came, of any length and with any characters: whoever looks one up or makes one checks it.
 */
public sealed interface ReplicationCommand {

    /** Calls the one method of {@code handler} that takes this type. */
    void dispatchTo(Handler handler);

    /** {@code IDENTIFY_SYSTEM}. */
    record IdentifySystem() implements ReplicationCommand {
        @Override
        public void dispatchTo(Handler handler) {
            handler.onIdentifySystem(this);
        }
    }

    /**
     * {@code SHOW}.
     *
     * @param name of the parameter, folded to lower case unless it was quoted; parts joined by a dot
     */
    record Show(String name) implements ReplicationCommand {
        public Show {
            requireNonNull(name, "name");
        }

        @Override
        public void dispatchTo(Handler handler) {
            handler.onShow(this);
        }
    }

    /**
     * {@code TIMELINE_HISTORY}.
     *
     * @param timeline whose history file is wanted
     */
    record TimelineHistoryOf(TimelineId timeline) implements ReplicationCommand {
        public TimelineHistoryOf {
            requireNonNull(timeline, "timeline");
        }

        @Override
        public void dispatchTo(Handler handler) {
            handler.onTimelineHistoryOf(this);
        }
    }

    /**
     * {@code READ_REPLICATION_SLOT}, from 15 on.
     *
     * @param slot any identifier; there may be no such slot
     */
    record ReadReplicationSlot(String slot) implements ReplicationCommand {
        public ReadReplicationSlot {
            requireNonNull(slot, "slot");
        }

        @Override
        public void dispatchTo(Handler handler) {
            handler.onReadReplicationSlot(this);
        }
    }

    /**
     * {@code CREATE_REPLICATION_SLOT}. The options are checked, the name is not.
     *
     * @param slot any identifier
     * @param temporary whether it goes with the session
     * @param plugin output plugin of a logical slot, null for a physical one
     * @param reserveWal for a physical slot: keep WAL from now on
     * @param snapshot for a logical slot: {@code export}, {@code use}, {@code nothing}, or null for the default
     * @param twoPhase for a logical slot: decode prepared transactions
     * @param failover for a logical slot: have it copied to standbys
     */
    record CreateReplicationSlot(
            String slot,
            boolean temporary,
            @Nullable String plugin,
            boolean reserveWal,
            @Nullable String snapshot,
            boolean twoPhase,
            boolean failover)
            implements ReplicationCommand {
        public CreateReplicationSlot {
            requireNonNull(slot, "slot");
        }

        @Override
        public void dispatchTo(Handler handler) {
            handler.onCreateReplicationSlot(this);
        }
    }

    /**
     * {@code ALTER_REPLICATION_SLOT}, from 17 on.
     *
     * @param slot any identifier
     * @param failover the new value, null to leave it
     * @param twoPhase the new value (from 18 on), null to leave it
     */
    record AlterReplicationSlot(
            String slot,
            @Nullable Boolean failover,
            @Nullable Boolean twoPhase) implements ReplicationCommand {
        public AlterReplicationSlot {
            requireNonNull(slot, "slot");
        }

        @Override
        public void dispatchTo(Handler handler) {
            handler.onAlterReplicationSlot(this);
        }
    }

    /**
     * {@code DROP_REPLICATION_SLOT}.
     *
     * @param slot any identifier
     * @param untilUnused whether to wait until nobody uses the slot ({@code WAIT})
     */
    record DropReplicationSlot(String slot, boolean untilUnused) implements ReplicationCommand {
        public DropReplicationSlot {
            requireNonNull(slot, "slot");
        }

        @Override
        public void dispatchTo(Handler handler) {
            handler.onDropReplicationSlot(this);
        }
    }

    /**
     * {@code START_REPLICATION [SLOT name] [PHYSICAL] X/X [TIMELINE n]}.
     *
     * @param slot any identifier, null for none
     * @param start where to begin
     * @param timeline whose WAL, null for the server's current one
     */
    record StartReplication(
            @Nullable String slot, Lsn start, @Nullable TimelineId timeline) implements ReplicationCommand {
        public StartReplication {
            requireNonNull(start, "start");
        }

        @Override
        public void dispatchTo(Handler handler) {
            handler.onStartReplication(this);
        }
    }

    /**
     * {@code START_REPLICATION SLOT name LOGICAL X/X (options)}.
     *
     * @param slot any identifier
     * @param start where to begin
     * @param options for the output plugin
     */
    record StartLogicalReplication(String slot, Lsn start, List<CommandOption> options) implements ReplicationCommand {
        public StartLogicalReplication {
            requireNonNull(slot, "slot");
            requireNonNull(start, "start");
            options = List.copyOf(options);
        }

        @Override
        public void dispatchTo(Handler handler) {
            handler.onStartLogicalReplication(this);
        }
    }

    /**
     * {@code BASE_BACKUP}. The options are checked, but for targets and the details of a compression.
     *
     * @param options in the order they were written and in the words of 15, also if they were those of 14
     */
    record BaseBackup(List<CommandOption> options) implements ReplicationCommand {
        public BaseBackup {
            options = List.copyOf(options);
        }

        @Override
        public void dispatchTo(Handler handler) {
            handler.onBaseBackup(this);
        }
    }

    /** {@code UPLOAD_MANIFEST}, from 17 on. */
    record UploadManifest() implements ReplicationCommand {
        @Override
        public void dispatchTo(Handler handler) {
            handler.onUploadManifest(this);
        }
    }

    /** Text that is no replication command, so SQL by PostgreSQL's rule; an empty query too. */
    record Sql(String text) implements ReplicationCommand {
        public Sql {
            requireNonNull(text, "text");
        }

        @Override
        public void dispatchTo(Handler handler) {
            handler.onSql(this);
        }
    }

    /** One method per permitted record, so that a new record breaks every handler at compile time. */
    interface Handler {
        /** Tells who the cluster is. */
        void onIdentifySystem(IdentifySystem command);

        /** Shows a parameter. */
        void onShow(Show command);

        /** Sends a history file. */
        void onTimelineHistoryOf(TimelineHistoryOf command);

        /** Tells where a slot is. */
        void onReadReplicationSlot(ReadReplicationSlot command);

        /** Creates a slot. */
        void onCreateReplicationSlot(CreateReplicationSlot command);

        /** Alters a slot. */
        void onAlterReplicationSlot(AlterReplicationSlot command);

        /** Drops a slot. */
        void onDropReplicationSlot(DropReplicationSlot command);

        /** Starts a physical stream. */
        void onStartReplication(StartReplication command);

        /** Starts a logical stream. */
        void onStartLogicalReplication(StartLogicalReplication command);

        /** Sends a base backup. */
        void onBaseBackup(BaseBackup command);

        /** Takes the manifest of an earlier backup. */
        void onUploadManifest(UploadManifest command);

        /** Runs SQL. */
        void onSql(Sql command);
    }
}
