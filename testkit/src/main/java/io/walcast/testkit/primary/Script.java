// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.primary;

import java.io.IOException;

/** What a {@link ScriptedPrimary} does on one connection, from its first byte. */
@FunctionalInterface
public interface Script {
    /**
     * Runs on the thread of the connection, which is closed in order when this returns.
     *
     * <p>An {@link IOException} and a {@link ClientGoneException} end it quietly; a {@link ScriptFailure}, and anything
     * else, is thrown again by {@link ScriptedPrimary#close}.
     */
    void run(PrimarySession session) throws IOException;
}
