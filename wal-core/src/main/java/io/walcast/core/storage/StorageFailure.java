// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The first failure of a directory's storage, which is its last act: from then on every call that could lead to an
 * acknowledgement throws it again. After a failed sync the kernel may have dropped the pages it could not write, and a
 * second sync would say "done"; so there is no second one.
 *
 * <p>Threading: any thread.
 */
final class StorageFailure {
    /** Written by the thread that fails, read by all others before and after each piece of work. */
    private volatile @Nullable StorageException first;

    /** Throws the failure, if there was one. */
    void check() {
        StorageException failure = first;
        if (failure != null) {
            throw failure;
        }
    }

    boolean happened() {
        return first != null;
    }

    /** Makes {@code cause} the failure unless there is one already, and returns the one that counts. */
    StorageException fail(String what, Throwable cause) {
        synchronized (this) {
            StorageException failure = first;
            if (failure == null) {
                failure = describe(what, cause);
                first = failure;
            }
            return failure;
        }
    }

    /** Returns the exception for a call that failed without harm to what is stored. */
    static StorageException describe(String what, Throwable cause) {
        SqlState sqlState = cause instanceof DiskFullException ? SqlState.DISK_FULL : SqlState.IO_ERROR;
        String reason =
                cause instanceof IOException && cause.getMessage() != null ? cause.getMessage() : cause.toString();
        return new StorageException(sqlState, what + ": " + reason, cause);
    }
}
