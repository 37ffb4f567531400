// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code READ_REPLICATION_SLOT} for a slot that exists.
 *
 * @param type {@code physical}
 * @param restartLsn from where WAL is kept, or null if the slot has reserved none
 * @param restartTimeline the timeline {@code restartLsn} is on, or null with it
 */
public record SlotPosition(
        String type, @Nullable Lsn restartLsn, @Nullable TimelineId restartTimeline) {
    public SlotPosition {
        requireNonNull(type, "type");
    }
}
