// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

/** Why a slot can never be used again ({@code ReplicationSlotInvalidationCause}). */
public enum InvalidationCause {
    /** It can be used. */
    NONE("none"),
    /** WAL it needs was given up: it was further behind than {@code max_slot_wal_keep_size} allows. */
    WAL_REMOVED("wal_removed"),
    /** Of logical slots on a standby: rows it needs are gone. */
    ROWS_REMOVED("rows_removed"),
    /** Of logical slots on a standby: the primary's {@code wal_level} is too low. */
    WAL_LEVEL_INSUFFICIENT("wal_level_insufficient"),
    /** Nobody used it for too long; from 18 on. */
    IDLE_TIMEOUT("idle_timeout");

    private final String text;

    InvalidationCause(String text) {
        this.text = text;
    }

    /** Returns the word that {@code pg_replication_slots.invalidation_reason} has for it. */
    public String text() {
        return text;
    }
}
