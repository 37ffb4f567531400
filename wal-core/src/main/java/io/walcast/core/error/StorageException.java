// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.error;

import org.jspecify.annotations.Nullable;

/**
 * The local disk failed, is full, or holds something it should not.
 *
 * <p>After a failed write or sync it is never retried: the kernel may have dropped the pages it could not write, so nothing
 * that follows could be trusted. The one exception is a full disk (53100) that was met before anything on it was changed:
 * the same may be tried again later.
 */
public final class StorageException extends WalException {
    private static final long serialVersionUID = 1L;

    /** Makes one with SQLSTATE 58030. */
    public StorageException(String message, @Nullable Throwable cause) {
        this(SqlState.IO_ERROR, message, cause);
    }

    /** Makes one with the given SQLSTATE, for example XX001 for damaged data. */
    public StorageException(SqlState sqlState, String message, @Nullable Throwable cause) {
        this(sqlState, Retry.NEVER, message, cause);
    }

    private StorageException(SqlState sqlState, Retry retry, String message, @Nullable Throwable cause) {
        super(sqlState, retry, message, cause);
    }

    /** Makes one with SQLSTATE 53100, for a call that found no room and changed nothing; it may be tried again. */
    public static StorageException diskFull(String message, @Nullable Throwable cause) {
        return new StorageException(SqlState.DISK_FULL, Retry.BACKOFF, message, cause);
    }
}
