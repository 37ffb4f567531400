// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code START_REPLICATION} is told ({@code WalRcvStreamOptions}). */
public sealed interface StreamOptions {

    /** Returns the slot to stream through, or null for none. */
    @Nullable
    String slot();

    /** Returns where to start. */
    Lsn start();

    /**
     * Physical streaming.
     *
     * @param slot the slot to stream through, or null for none
     * @param start where to start, usually a segment's start
     * @param timeline the timeline to stream
     */
    record Physical(@Nullable String slot, Lsn start, TimelineId timeline) implements StreamOptions {
        public Physical {
            requireNonNull(start, "start");
            requireNonNull(timeline, "timeline");
        }
    }

    /**
     * Logical streaming.
     *
     * @param slot the slot to stream through
     * @param start where to start, 0/0 for the slot's own position
     * @param pluginOptions options for the output plugin, in order
     */
    record Logical(String slot, Lsn start, Map<String, String> pluginOptions) implements StreamOptions {
        public Logical {
            requireNonNull(slot, "slot");
            requireNonNull(start, "start");
            pluginOptions = Collections.unmodifiableMap(new LinkedHashMap<>(pluginOptions));
        }
    }
}
