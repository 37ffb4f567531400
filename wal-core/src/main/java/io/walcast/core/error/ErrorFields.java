// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.error;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * The fields of an ErrorResponse or NoticeResponse (PostgreSQL manual, "Error and Notice Message Fields") that matter
 * to replication. Texts come from the peer: escape them before they reach a log or a terminal.
 *
 * @param severity {@code ERROR}, {@code FATAL}, {@code PANIC}, {@code WARNING}, {@code NOTICE}…, not localised if the
 *     peer sends that form
 * @param sqlState field C
 * @param message field M
 * @param detail field D
 * @param hint field H
 */
public record ErrorFields(
        String severity,
        SqlState sqlState,
        String message,
        @Nullable String detail,
        @Nullable String hint) {
    public ErrorFields {
        requireNonNull(severity, "severity");
        requireNonNull(sqlState, "sqlState");
        requireNonNull(message, "message");
    }

    /** Returns an ERROR with only a message. */
    public static ErrorFields error(SqlState sqlState, String message) {
        return new ErrorFields("ERROR", sqlState, message, null, null);
    }
}
