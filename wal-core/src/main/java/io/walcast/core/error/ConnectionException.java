// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.error;

import org.jspecify.annotations.Nullable;

/** The peer cannot be reached, the connection is lost, or the peer is not who it should be. */
public final class ConnectionException extends WalException {
    private static final long serialVersionUID = 1L;

    /** Makes one with SQLSTATE 08006; try again with a growing pause. */
    public ConnectionException(String message, @Nullable Throwable cause) {
        this(SqlState.CONNECTION_FAILURE, Retry.BACKOFF, message, cause);
    }

    /** Makes one, saying what to do next. */
    public ConnectionException(SqlState sqlState, Retry retry, String message, @Nullable Throwable cause) {
        super(sqlState, retry, message, cause);
    }
}
