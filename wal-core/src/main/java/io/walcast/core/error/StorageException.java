// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.error;

import org.jspecify.annotations.Nullable;

/**
 * The local disk failed, or holds something it should not. Never retried: after a failed sync the kernel may have
 * dropped the pages it could not write, so nothing that follows could be trusted.
 */
public final class StorageException extends WalException {
    private static final long serialVersionUID = 1L;

    /** Makes one with SQLSTATE 58030. */
    public StorageException(String message, @Nullable Throwable cause) {
        this(SqlState.IO_ERROR, message, cause);
    }

    /** Makes one with the given SQLSTATE, for example XX001 for damaged data. */
    public StorageException(SqlState sqlState, String message, @Nullable Throwable cause) {
        super(sqlState, Retry.NEVER, message, cause);
    }
}
