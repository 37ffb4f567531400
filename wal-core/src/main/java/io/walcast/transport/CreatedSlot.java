// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code CREATE_REPLICATION_SLOT}.
 *
 * @param name the slot's name
 * @param consistentPoint where a logical slot starts; always 0/0 for a physical one
 * @param snapshotName the exported snapshot, or null
 * @param outputPlugin the output plugin, or null
 */
public record CreatedSlot(
        String name,
        Lsn consistentPoint,
        @Nullable String snapshotName,
        @Nullable String outputPlugin) {
    public CreatedSlot {
        requireNonNull(name, "name");
        requireNonNull(consistentPoint, "consistentPoint");
    }
}
