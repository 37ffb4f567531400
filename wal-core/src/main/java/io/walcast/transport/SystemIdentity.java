// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code IDENTIFY_SYSTEM}.
 *
 * @param systemIdentifier identity of the cluster
 * @param timeline the timeline the server is on
 * @param flushed the server's flush position
 * @param database the database of a logical connection, null on a physical one
 */
public record SystemIdentity(
        SystemIdentifier systemIdentifier,
        TimelineId timeline,
        Lsn flushed,
        @Nullable String database) {
    public SystemIdentity {
        requireNonNull(systemIdentifier, "systemIdentifier");
        requireNonNull(timeline, "timeline");
        requireNonNull(flushed, "flushed");
    }
}
