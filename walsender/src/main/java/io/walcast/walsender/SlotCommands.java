// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import io.walcast.command.ReplicationCommand.AlterReplicationSlot;
import io.walcast.command.ReplicationCommand.CreateReplicationSlot;
import io.walcast.command.ReplicationCommand.DropReplicationSlot;
import io.walcast.command.ReplicationCommand.ReadReplicationSlot;
import io.walcast.core.Lsn;
import io.walcast.core.PrintableText;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.ipc.Cancellation.Registration;
import io.walcast.transport.Reply;
import io.walcast.transport.Reply.Column;
import io.walcast.walsender.slot.ReplicationSlots;
import io.walcast.walsender.slot.SlotState;
import java.util.List;

/**
 * Executes the commands about slots, all but {@link #alter} on the shared executor: they sync files, or read a history.
 *
 * <p>Threading: confined to the command.
 */
final class SlotCommands {
    private final WalSender session;
    private final WalSenderNode node;
    private final ReplicationSlots slots;

    SlotCommands(WalSender session) {
        this.session = requireNonNull(session, "session");
        node = session.node();
        slots = node.slots();
    }

    /** {@code READ_REPLICATION_SLOT}: of a slot that is not there, a row of NULLs. */
    void read(ReadReplicationSlot command) {
        SlotState state = slots.find(command.slot()).orElse(null);
        if (state != null && !state.isPhysical()) {
            session.fail(SessionErrors.wrongSlotType("READ_REPLICATION_SLOT", "logical"));
            return;
        }
        Lsn restart = state == null ? Lsn.INVALID : state.restartLsn();
        TimelineId current = node.position().timeline();
        Reply reply = session.running().reply();
        reply.rowDescription(List.of(Column.text("slot_type"), Column.text("restart_lsn"), Column.int8("restart_tli")));
        reply.dataRow(ResultRows.of(
                state == null ? null : "physical",
                restart.isValid() ? restart.toString() : null,
                restart.isValid()
                        ? node.timelines()
                                .historyOf(current)
                                .timelineOf(restart)
                                .toString()
                        : null));
        session.complete("READ_REPLICATION_SLOT");
    }

    /** {@code CREATE_REPLICATION_SLOT … PHYSICAL}. */
    void create(CreateReplicationSlot command) {
        if (command.temporary()) {
            session.hasSlots();
        }
        slots.create(command.slot(), command.temporary(), command.reserveWal() ? this::reserve : null, session);
        audit("created slot", command.slot());
        Reply reply = session.running().reply();
        reply.rowDescription(List.of(
                Column.text("slot_name"),
                Column.text("consistent_point"),
                Column.text("snapshot_name"),
                Column.text("output_plugin")));
        reply.dataRow(ResultRows.of(command.slot(), Lsn.INVALID.toString(), null, null));
        session.complete("CREATE_REPLICATION_SLOT");
    }

    /** From the start of the segment that is being filled on, so that a stream can start where the slot says. */
    private Lsn reserve() {
        return node.wal().segmentSize().startOfSegment(node.position().flushedUpto());
    }

    /** {@code ALTER_REPLICATION_SLOT}: there is nothing to alter in a physical slot. */
    void alter(AlterReplicationSlot command) {
        SlotState state = slots.find(command.slot()).orElse(null);
        if (state == null) {
            session.fail(SessionErrors.noSuchSlot(command.slot()));
        } else if (state.isPhysical()) {
            session.fail(SessionErrors.wrongSlotType("ALTER_REPLICATION_SLOT", "physical"));
        } else {
            session.fail(SessionErrors.unsupported("logical replication"));
        }
    }

    /** {@code DROP_REPLICATION_SLOT}. */
    void drop(DropReplicationSlot command) {
        if (session.running().isCanceled()) {
            session.fail(SessionErrors.canceled());
            return;
        }
        try {
            slots.drop(command.slot(), session);
            node.walSndCtl().slotDropped(command.slot());
        } catch (ServerErrorException e) {
            if (!command.untilUnused() || !e.sqlState().equals(SqlState.OBJECT_IN_USE)) {
                throw e;
            }
            dropWhenFree(command);
            return;
        }
        audit("dropped slot", command.slot());
        session.complete("DROP_REPLICATION_SLOT");
    }

    private void dropWhenFree(DropReplicationSlot command) {
        OneTime again = new OneTime(() -> session.later("drop the slot", () -> drop(command)));
        Registration waiting = slots.whenFree(command.slot(), again);
        session.running().onCancel(() -> {
            waiting.close();
            again.run();
        });
        if (session.running().isCanceled()) {
            waiting.close();
            again.run();
        }
    }

    private void audit(String done, String slot) {
        WalSender.AUDIT.atInfo().addKeyValue("pid", session.pid()).log("{}: {}", done, PrintableText.of(slot));
    }
}
