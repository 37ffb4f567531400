// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import io.walcast.core.Lsn;
import io.walcast.ipc.ReplicationSlotRow;
import io.walcast.ipc.ReplicationSlotRow.WalStatus;
import org.jspecify.annotations.Nullable;

/** Makes rows of {@code pg_replication_slots} ({@code pg_get_replication_slots}). Stateless. */
final class SlotRows {
    private SlotRows() {}

    static ReplicationSlotRow row(ReplicationSlot slot, @Nullable WalRetention retention) {
        SlotState state = slot.state();
        SlotOwner owner = slot.activeOwner();
        WalStatus walStatus = walStatus(state, owner != null, retention);
        boolean physical = state.isPhysical();
        return new ReplicationSlotRow(
                state.name(),
                physical ? null : state.plugin(),
                physical ? "physical" : "logical",
                physical ? null : state.database(),
                null,
                state.persistency() == SlotPersistency.TEMPORARY,
                owner != null,
                owner == null ? null : owner.pid(),
                xid(state.xmin()),
                xid(state.catalogXmin()),
                lsn(state.restartLsn()),
                lsn(state.confirmedFlush()),
                walStatus,
                retention == null || walStatus == WalStatus.LOST ? null : retention.safeWalSize(state.restartLsn()),
                state.twoPhase(),
                state.twoPhase() ? lsn(state.twoPhaseAt()) : null,
                slot.inactiveSince(),
                physical ? null : isConflict(state.invalidated()),
                state.isInvalidated() ? state.invalidated().text() : null,
                state.failover(),
                state.synced());
    }

    private static @Nullable WalStatus walStatus(SlotState state, boolean active, @Nullable WalRetention retention) {
        if (state.isInvalidated()) {
            return WalStatus.LOST;
        }
        WalStatus status = retention == null ? null : retention.availability(state.restartLsn());
        return status == WalStatus.LOST && active ? WalStatus.UNRESERVED : status;
    }

    private static boolean isConflict(InvalidationCause cause) {
        return cause == InvalidationCause.ROWS_REMOVED || cause == InvalidationCause.WAL_LEVEL_INSUFFICIENT;
    }

    private static @Nullable Integer xid(int xid) {
        return xid == 0 ? null : xid;
    }

    private static @Nullable Lsn lsn(Lsn lsn) {
        return lsn.isValid() ? lsn : null;
    }
}
