// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.error;

import org.jspecify.annotations.Nullable;

/**
 * The root of everything Walcast throws on purpose. Unchecked; a bug in the caller is still an
 * {@link IllegalArgumentException} or {@link IllegalStateException}.
 */
public abstract sealed class WalException extends RuntimeException
        permits CanceledException,
                ConfigurationException,
                ConnectionException,
                ProtocolViolationException,
                RefusedException,
                ServerErrorException,
                StorageException {

    private static final long serialVersionUID = 1L;

    private final transient SqlState sqlState;
    private final Retry retry;

    WalException(SqlState sqlState, Retry retry, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.sqlState = sqlState;
        this.retry = retry;
    }

    /** Returns the SQLSTATE; for an error the server reported, the server's own. */
    public final SqlState sqlState() {
        return sqlState;
    }

    /** Returns whether, and how eagerly, a new connection attempt makes sense. */
    public final Retry retry() {
        return retry;
    }
}
