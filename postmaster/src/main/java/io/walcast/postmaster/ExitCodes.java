// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import io.walcast.core.error.CanceledException;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.Retry;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.core.error.WalException;
import java.util.Map;
import java.util.TreeMap;

/** The exit codes of {@code walcast}, chosen so that a service manager can tell what to start again. */
public final class ExitCodes {
    /** Done, or stopped on request. */
    public static final int OK = 0;
    /** {@code walcast status}: nobody serves the directory; {@code pg_ctl status} says so in the same way. */
    public static final int NOT_RUNNING = 3;
    /** The command line cannot be used. */
    public static final int USAGE = 64;
    /** The start script found no Java it can run on; no program of ours was started. */
    public static final int UNAVAILABLE = 69;
    /** A bug of ours. */
    public static final int INTERNAL = 70;
    /** The local disk failed; look at it before starting again. */
    public static final int STORAGE = 74;
    /** Something that may be over at the next start. */
    public static final int TEMPORARY = 75;
    /** The server does not let us in. */
    public static final int AUTHENTICATION = 77;
    /** Nothing was changed, and a person has to decide: another cluster, WAL or slot lost, a diverged timeline. */
    public static final int NEEDS_A_PERSON = 78;

    private ExitCodes() {}

    /** Returns the codes with what they mean to a user, in order. */
    public static Map<Integer, String> meanings() {
        return new TreeMap<>(Map.of(
                OK, "done, or stopped on request",
                USAGE, "the command line or the connection string cannot be used",
                UNAVAILABLE, "no usable Java was found",
                INTERNAL, "an internal error: please report it",
                STORAGE, "the local disk failed: look at it before starting again",
                TEMPORARY, "server away or busy, directory in use: may be started again",
                AUTHENTICATION, "authentication failed, or a privilege is missing",
                NEEDS_A_PERSON, "needs a person: other cluster, WAL or slot lost, damaged files"));
    }

    /** Returns the code for a program that ends because of {@code e}. */
    public static int of(WalException e) {
        if (e instanceof StorageException) {
            return ofStorage(e.sqlState());
        }
        if (e.sqlState().equals(SqlState.OBJECT_IN_USE) || e instanceof CanceledException) {
            return TEMPORARY;
        }
        if (e.sqlState().isClass("28") || e.sqlState().equals(SqlState.INSUFFICIENT_PRIVILEGE)) {
            return AUTHENTICATION;
        }
        if (e instanceof ConfigurationException) {
            return USAGE;
        }
        return e.retry() == Retry.NEVER ? NEEDS_A_PERSON : TEMPORARY;
    }

    private static int ofStorage(SqlState state) {
        if (state.equals(SqlState.DISK_FULL)) {
            return TEMPORARY; // only where nothing was changed; a full disk while receiving is a pause
        }
        boolean unexpectedFile = state.equals(SqlState.DATA_CORRUPTED)
                || state.equals(SqlState.INSUFFICIENT_PRIVILEGE)
                || state.equals(SqlState.WRONG_OBJECT_TYPE);
        return unexpectedFile ? NEEDS_A_PERSON : STORAGE;
    }
}
