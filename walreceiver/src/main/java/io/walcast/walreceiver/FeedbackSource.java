// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import org.jspecify.annotations.Nullable;

/** Knows which transactions must be kept for readers downstream: the content of hot standby feedback. */
@FunctionalInterface
public interface FeedbackSource {
    /** Returns what to report now, null for nothing; asked by the receiver thread, once a status interval. */
    @Nullable
    HotStandbyFeedback current();
}
