// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.error.StorageException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * The first failure of a directory's storage, which is its last act: from then on every call that could lead to an
 * acknowledgement throws it again. After a failed sync the kernel may have dropped the pages it could not write, and a
 * second sync would say "done"; so there is no second one.
 *
 * <p>Threading: any thread.
 */
public final class StorageFailure {
    /** Written by the thread that fails, read by all others before and after each piece of work. */
    private volatile @Nullable StorageException first;

    /** Throws the failure, if there was one. */
    public void check() {
        StorageException failure = first;
        if (failure != null) {
            throw failure;
        }
    }

    /** Returns whether there was one. */
    public boolean happened() {
        return first != null;
    }

    /** Makes {@code cause}, even a full disk, the failure unless there is one already, and returns the one that counts. */
    public StorageException fail(String what, Throwable cause) {
        synchronized (this) {
            StorageException failure = first;
            if (failure == null) {
                failure = new StorageException(text(what, cause), cause);
                first = failure;
            }
            return failure;
        }
    }

    /** Returns the exception for a call that failed without harm to what is stored; a full disk may be tried again. */
    public static StorageException describe(String what, Throwable cause) {
        String message = text(what, cause);
        return cause instanceof DiskFullException
                ? StorageException.diskFull(message, cause)
                : new StorageException(message, cause);
    }

    private static String text(String what, Throwable cause) {
        boolean named = cause instanceof IOException && cause.getMessage() != null;
        return what + ": " + (named ? cause.getMessage() + reason(cause) : cause);
    }

    /** The system's words for what Java tells by the type of the exception only. */
    private static String reason(Throwable cause) {
        if (!(cause instanceof FileSystemException known) || known.getReason() != null) {
            return "";
        }
        return known instanceof AccessDeniedException
                ? ": Permission denied"
                : known instanceof NoSuchFileException ? ": No such file or directory" : "";
    }
}
