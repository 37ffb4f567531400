// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What {@code ALTER_REPLICATION_SLOT} is told; null leaves a property alone.
 *
 * @param name the slot
 * @param failover whether it is copied to standbys
 * @param twoPhase whether it decodes prepared transactions (servers from 18 on)
 */
public record AlterSlot(
        String name, @Nullable Boolean failover, @Nullable Boolean twoPhase) {
    public AlterSlot {
        requireNonNull(name, "name");
    }
}
