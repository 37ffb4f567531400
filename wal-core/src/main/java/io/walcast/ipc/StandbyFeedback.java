// SPDX-License-Identifier: Apache-2.0
package io.walcast.ipc;

import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import org.jspecify.annotations.Nullable;

/**
 * What the standbys of this node ask to have kept, taken together: what a relay passes on to its own primary. Safe for use
 * from any thread.
 *
 * <p>Nobody here knows the next transaction number, so no epoch is checked: whoever gets the message does that.
 */
@FunctionalInterface
public interface StandbyFeedback {

    /**
     * Returns the oldest of all that is needed, said to be of {@code now}; all zero if nobody needs anything. Returns null, for
     * nothing to be said, as long as that is not known: there is a slot that needs something, and its standby has not said
     * since the start of this node what.
     */
    @Nullable
    HotStandbyFeedback current(PgTimestamp now);
}
