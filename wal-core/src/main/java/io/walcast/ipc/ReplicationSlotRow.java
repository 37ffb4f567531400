// SPDX-License-Identifier: Apache-2.0
package io.walcast.ipc;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One moment of a replication slot: the columns of {@code pg_replication_slots}, PostgreSQL 18's, null where it shows NULL.
 *
 * @param slotName {@code slot_name}
 * @param plugin {@code plugin}: output plugin of a logical slot
 * @param slotType {@code slot_type}: {@code physical} or {@code logical}
 * @param datoid {@code datoid}: database of a logical slot
 * @param database {@code database}: its name; always null, for names are not known here
 * @param temporary {@code temporary}
 * @param active {@code active}
 * @param activePid {@code active_pid}
 * @param xmin {@code xmin}, to be read as unsigned
 * @param catalogXmin {@code catalog_xmin}, to be read as unsigned
 * @param restartLsn {@code restart_lsn}
 * @param confirmedFlushLsn {@code confirmed_flush_lsn}
 * @param walStatus {@code wal_status}
 * @param safeWalSize {@code safe_wal_size}, in bytes; may be negative
 * @param twoPhase {@code two_phase}
 * @param twoPhaseAt {@code two_phase_at}
 * @param inactiveSince {@code inactive_since}
 * @param conflicting {@code conflicting}
 * @param invalidationReason {@code invalidation_reason}
 * @param failover {@code failover}
 * @param synced {@code synced}
 */
public record ReplicationSlotRow(
        String slotName,
        @Nullable String plugin,
        String slotType,
        @Nullable Integer datoid,
        @Nullable String database,
        boolean temporary,
        boolean active,
        @Nullable Integer activePid,
        @Nullable Integer xmin,
        @Nullable Integer catalogXmin,
        @Nullable Lsn restartLsn,
        @Nullable Lsn confirmedFlushLsn,
        @Nullable WalStatus walStatus,
        @Nullable Long safeWalSize,
        boolean twoPhase,
        @Nullable Lsn twoPhaseAt,
        @Nullable PgTimestamp inactiveSince,
        @Nullable Boolean conflicting,
        @Nullable String invalidationReason,
        boolean failover,
        boolean synced) {
    public ReplicationSlotRow {
        requireNonNull(slotName, "slotName");
        requireNonNull(slotType, "slotType");
    }

    /** Whether the WAL a slot needs is there, and why. */
    public enum WalStatus {
        /** Kept, and no more than {@code max_wal_size}. */
        RESERVED,
        /** Kept, and more than {@code max_wal_size}. */
        EXTENDED,
        /** Not kept any more, but still there, or in use. */
        UNRESERVED,
        /** Gone, or given up. */
        LOST;

        /** Returns PostgreSQL's word. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
