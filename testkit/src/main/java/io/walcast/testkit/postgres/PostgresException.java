// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.postgres;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A server that did not start, stop or answer as asked; the message ends with the tail of its log where that helps. */
public final class PostgresException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String sqlState;

    PostgresException(String message) {
        this(message, null);
    }

    PostgresException(String message, @Nullable Throwable cause) {
        super(message, cause);
        sqlState = cause instanceof SQLException failure ? failure.getSQLState() : null;
    }

    /** Returns the SQLSTATE the server answered with, or null if this is not an answer of the server. */
    public @Nullable String sqlState() {
        return sqlState;
    }
}
