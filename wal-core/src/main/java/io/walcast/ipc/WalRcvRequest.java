// SPDX-License-Identifier: Apache-2.0
package io.walcast.ipc;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import org.jspecify.annotations.Nullable;

/**
 * What the startup process asks of a walreceiver.
 *
 * @param timeline the timeline to stream
 * @param start where to start: the first position of a segment
 * @param conninfo where to stream from; may hold secrets, so it is never shown
 * @param slot the slot to stream through, or null for none
 */
public record WalRcvRequest(
        TimelineId timeline,
        Lsn start,
        String conninfo,
        @Nullable String slot) {
    public WalRcvRequest {
        requireNonNull(timeline, "timeline");
        requireNonNull(start, "start");
        requireNonNull(conninfo, "conninfo");
    }

    /** Returns what may be shown: the conninfo is left out. */
    @Override
    public String toString() {
        return "WalRcvRequest[timeline=%s, start=%s, slot=%s]".formatted(timeline, start, slot);
    }
}
