// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Cases whose stated answer is wrong or unwise, by name: the answer we give instead, and why. */
final class SettledExceptions {
    /**
     * What is stated instead.
     *
     * @param action the action
     * @param sqlState the SQLSTATE, or empty
     * @param message what the message is about, or empty
     * @param reason why
     */
    record Instead(String action, String sqlState, String message, String reason) {}

    private static final Map<String, Instead> BY_NAME = Map.of(
            "wal: compressed image that grows past 8 KB",
            new Instead(
                    "end of WAL",
                    "XX001",
                    "record with invalid length",
                    "the image has fewer bytes than it says, so PostgreSQL's decoder ends there; nothing is decompressed"));

    private SettledExceptions() {}

    static @Nullable Instead insteadOf(BadInput input) {
        return BY_NAME.get(input.kind() + ": " + input.name());
    }

    /** Returns {@code input} with the answer that counts. */
    static BadInput settled(BadInput input) {
        Instead instead = insteadOf(input);
        return instead == null
                ? input
                : new BadInput(
                        input.id(),
                        input.kind(),
                        input.name(),
                        input.hex(),
                        instead.action(),
                        instead.sqlState(),
                        instead.message());
    }
}
