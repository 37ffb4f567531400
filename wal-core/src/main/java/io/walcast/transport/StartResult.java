// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static java.util.Objects.requireNonNull;

/** The answer to {@code START_REPLICATION}. */
public sealed interface StartResult {

    /** The stream is on. */
    record Streaming() implements StartResult {}

    /**
     * The server has nothing more on that timeline; no stream began.
     *
     * @param end what follows the timeline
     */
    record NothingThere(EndResult end) implements StartResult {
        public NothingThere {
            requireNonNull(end, "end");
        }
    }
}
