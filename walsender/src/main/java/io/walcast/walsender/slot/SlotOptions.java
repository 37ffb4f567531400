// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import static java.util.Objects.requireNonNull;

import io.walcast.core.error.ErrorFields;
import io.walcast.core.storage.FileMode;
import io.walcast.ipc.Clock;
import java.util.function.Consumer;

/**
 * How slots are kept.
 *
 * @param maxReplicationSlots {@code max_replication_slots}
 * @param limits how much WAL is kept, until {@link ReplicationSlots#setLimits}
 * @param mode who may read the files
 * @param clock for {@code inactive_since}
 * @param log told what PostgreSQL writes to its log, severity {@code LOG} or {@code WARNING}; any thread, must not block
 */
public record SlotOptions(
        int maxReplicationSlots, WalKeepLimits limits, FileMode mode, Clock clock, Consumer<ErrorFields> log) {
    /** PostgreSQL's default of {@code max_replication_slots}. */
    public static final int DEFAULT_MAX_SLOTS = 10;

    public SlotOptions {
        requireNonNull(limits, "limits");
        requireNonNull(mode, "mode");
        requireNonNull(clock, "clock");
        requireNonNull(log, "log");
        if (maxReplicationSlots < 0) {
            throw new IllegalArgumentException(
                    "maxReplicationSlots: " + maxReplicationSlots + " (expected: 0 or more)");
        }
    }

    /** Returns PostgreSQL's defaults. */
    public static SlotOptions defaults(Consumer<ErrorFields> log) {
        return new SlotOptions(DEFAULT_MAX_SLOTS, WalKeepLimits.DEFAULT, FileMode.OWNER, Clock.system(), log);
    }

    /** Returns a copy with another {@code max_replication_slots}. */
    public SlotOptions withMaxReplicationSlots(int slots) {
        return new SlotOptions(slots, limits, mode, clock, log);
    }

    /** Returns a copy with other limits. */
    public SlotOptions withLimits(WalKeepLimits other) {
        return new SlotOptions(maxReplicationSlots, other, mode, clock, log);
    }

    /** Returns a copy with another clock. */
    public SlotOptions withClock(Clock other) {
        return new SlotOptions(maxReplicationSlots, limits, mode, other, log);
    }
}
