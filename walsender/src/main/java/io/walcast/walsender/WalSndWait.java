// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import io.walcast.core.error.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * One stream's waiting for a segment to be opened, or for a piece of it to be read.
 *
 * <p>Threading: made by the stream, ended once by a thread of the pool.
 */
final class WalSndWait {
    final int piece;
    private final Runnable wake;

    // Written before done by the pool, read after it by the stream.
    private @Nullable StorageException failure;
    private volatile boolean done;

    WalSndWait(int piece, Runnable wake) {
        this.piece = piece;
        this.wake = wake;
    }

    void end(@Nullable StorageException cause) {
        failure = cause;
        done = true;
        wake.run();
    }

    boolean isDone() {
        return done;
    }

    /** Returns what went wrong, if it is done and something did. */
    @Nullable
    StorageException failure() {
        return failure;
    }
}
