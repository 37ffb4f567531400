// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;

/**
 * What a state file says of a slot ({@code ReplicationSlotPersistentData}). Immutable.
 *
 * @param name its name
 * @param database OID of a logical slot's database, 0 for a physical slot
 * @param persistency how long it lives
 * @param xmin oldest transaction whose rows are to be kept, to be read as unsigned; 0 for none
 * @param catalogXmin the same for rows of the catalogs
 * @param restartLsn from where WAL is needed; 0/0 if it never was, or if that WAL was given up
 * @param invalidated why it can not be used any more
 * @param confirmedFlush up to where the client of a logical slot has all; 0/0 for a physical slot
 * @param twoPhaseAt from where prepared transactions are decoded
 * @param twoPhase whether prepared transactions are decoded
 * @param plugin output plugin of a logical slot, empty for a physical slot
 * @param synced whether it was copied from the primary
 * @param failover whether it is to be copied to standbys
 */
public record SlotState(
        String name,
        int database,
        SlotPersistency persistency,
        int xmin,
        int catalogXmin,
        Lsn restartLsn,
        InvalidationCause invalidated,
        Lsn confirmedFlush,
        Lsn twoPhaseAt,
        boolean twoPhase,
        String plugin,
        boolean synced,
        boolean failover) {
    public SlotState {
        requireNonNull(name, "name");
        requireNonNull(persistency, "persistency");
        requireNonNull(restartLsn, "restartLsn");
        requireNonNull(invalidated, "invalidated");
        requireNonNull(confirmedFlush, "confirmedFlush");
        requireNonNull(twoPhaseAt, "twoPhaseAt");
        requireNonNull(plugin, "plugin");
    }

    /** Returns the state of a physical slot that has just been made. */
    static SlotState physical(String name, SlotPersistency persistency, Lsn restartLsn) {
        return new SlotState(
                name,
                0,
                persistency,
                0,
                0,
                restartLsn,
                InvalidationCause.NONE,
                Lsn.INVALID,
                Lsn.INVALID,
                false,
                "",
                false,
                false);
    }

    /** Returns whether the slot is for physical replication. */
    public boolean isPhysical() {
        return database == 0;
    }

    /** Returns whether the slot can never be used again. */
    public boolean isInvalidated() {
        return invalidated != InvalidationCause.NONE;
    }

    SlotState withRestartLsn(Lsn moved) {
        return copy(xmin, catalogXmin, moved, invalidated);
    }

    SlotState withXmins(int newXmin, int newCatalogXmin) {
        return copy(newXmin, newCatalogXmin, restartLsn, invalidated);
    }

    /** Returns the state of the slot after it lost WAL, as PostgreSQL has it: without a position. */
    SlotState withWalRemoved() {
        return copy(xmin, catalogXmin, Lsn.INVALID, InvalidationCause.WAL_REMOVED);
    }

    private SlotState copy(int newXmin, int newCatalogXmin, Lsn newRestartLsn, InvalidationCause cause) {
        return new SlotState(
                name,
                database,
                persistency,
                newXmin,
                newCatalogXmin,
                newRestartLsn,
                cause,
                confirmedFlush,
                twoPhaseAt,
                twoPhase,
                plugin,
                synced,
                failover);
    }
}
