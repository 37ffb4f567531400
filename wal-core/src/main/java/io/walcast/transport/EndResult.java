// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import org.jspecify.annotations.Nullable;

/**
 * What the server said at the end of a stream.
 *
 * @param nextTimeline the timeline that follows, or null if the server named none
 * @param nextStart where it begins, or null with it
 */
public record EndResult(
        @Nullable TimelineId nextTimeline, @Nullable Lsn nextStart) {
    /** No timeline follows. */
    public static final EndResult NONE = new EndResult(null, null);

    public EndResult {
        if ((nextTimeline == null) != (nextStart == null)) {
            throw new IllegalArgumentException(
                    "nextStart: %s (expected: given with nextTimeline)".formatted(nextStart));
        }
    }
}
