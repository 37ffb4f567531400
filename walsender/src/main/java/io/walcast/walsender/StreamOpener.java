// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import io.walcast.command.ReplicationCommand.StartReplication;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.ipc.Cancellation.Registration;
import io.walcast.walsender.StreamedTimeline.SwitchPoint;
import io.walcast.walsender.slot.AcquiredSlot;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Executes {@code START_REPLICATION} for a physical stream up to where streaming begins ({@code StartReplication}).
 *
 * <p>A slot that is in use is waited for, a second at most: its user may have just gone. If that one is not heard of any more,
 * the slot is taken from it.
 *
 * <p>Threading: confined to the command, on the shared executor.
 */
final class StreamOpener {
    private static final long SLOT_WAIT_NS = TimeUnit.SECONDS.toNanos(1);

    private final WalSender session;
    private final WalSenderNode node;

    StreamOpener(WalSender session) {
        this.session = requireNonNull(session, "session");
        node = session.node();
    }

    void open(StartReplication command) {
        open(command, true);
    }

    private void open(StartReplication command, boolean mayWait) {
        if (session.running().isCanceled()) {
            session.fail(SessionErrors.canceled());
            return;
        }
        String name = command.slot();
        if (name == null) {
            open(command, null);
            return;
        }
        AcquiredSlot slot;
        try {
            session.hasSlots();
            slot = acquire(name);
        } catch (ServerErrorException e) {
            if (!mayWait || !e.sqlState().equals(SqlState.OBJECT_IN_USE)) {
                throw e;
            }
            waitForSlot(command, name);
            return;
        }
        open(command, slot);
    }

    private AcquiredSlot acquire(String name) {
        WalSender holder = node.walSndCtl().streamingThrough(name);
        return holder != null && holder.isSilent()
                ? node.slots().takeOver(name, session, holder)
                : node.slots().acquire(name, session);
    }

    private void waitForSlot(StartReplication command, String name) {
        OneTime again = new OneTime(() -> session.later("start replication", () -> open(command, false)));
        Registration waiting = node.slots().whenFree(name, again);
        Runnable giveUp = () -> {
            waiting.close();
            again.run();
        };
        session.running().onCancel(giveUp);
        if (session.running().isCanceled()) {
            giveUp.run();
        }
        node.wakeup().after(SLOT_WAIT_NS, giveUp);
    }

    private void open(StartReplication command, @Nullable AcquiredSlot slot) {
        StreamedTimeline timeline = node.timelines().choose(command.timeline(), command.start(), node.position());
        SwitchPoint end = timeline.end();
        if (end == null || command.start().isBefore(end.lsn())) {
            session.startStream(timeline, command.start(), slot);
            return;
        }
        if (slot != null) {
            slot.release();
        }
        session.endReplication(timeline);
    }
}
