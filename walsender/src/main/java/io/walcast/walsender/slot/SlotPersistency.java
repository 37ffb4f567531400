// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

/** How long a slot lives ({@code ReplicationSlotPersistency}). */
public enum SlotPersistency {
    /** Until it is dropped. */
    PERSISTENT(0),
    /** Until it is released, unless it is made persistent before; only the creation of logical slots needs it. */
    EPHEMERAL(1),
    /** Until the session that made it ends or meets an error. */
    TEMPORARY(2);

    private final int number;

    SlotPersistency(int number) {
        this.number = number;
    }

    /** Returns the number that stands for it in a state file. */
    int number() {
        return number;
    }
}
