// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.walcast.core.SegmentName;
import java.io.IOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The next segment's file, made beforehand by the thread that prepares; or the word of the receiver thread that it makes the
 * file itself. Never both: two files for one segment would be one too many.
 *
 * <p>Threading: any thread. The lock is the writer's.
 */
final class SegmentReserve {
    private final ReentrantLock lock;
    private final Condition idle;
    private final StorageFailure failure;

    @GuardedBy("lock")
    private @Nullable SegmentFile file;

    /** The segment whose file is being made or taken. */
    @GuardedBy("lock")
    private @Nullable SegmentName busyWith;

    /** The segment that was given up on, for want of room or because it has a file. */
    @GuardedBy("lock")
    private @Nullable SegmentName notPrepared;

    SegmentReserve(ReentrantLock lock, StorageFailure failure) {
        this.lock = lock;
        this.idle = lock.newCondition();
        this.failure = failure;
    }

    /** Returns whether the file of {@code next} is to be made beforehand. */
    boolean wants(SegmentName next) {
        lock.lock();
        try {
            return file == null && busyWith == null && !next.equals(notPrepared);
        } finally {
            lock.unlock();
        }
    }

    /** The thread that prepares begins to make the file of {@code next}. */
    void beginToPrepare(SegmentName next) {
        lock.lock();
        try {
            busyWith = next;
        } finally {
            lock.unlock();
        }
    }

    /** The thread that prepares has made the file, or could not. */
    void endToPrepare(SegmentName next, @Nullable SegmentFile prepared) {
        lock.lock();
        try {
            file = prepared;
            notPrepared = prepared == null ? next : null;
            endToTake();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the file, waiting for it if it is being made; or null, and the caller is the one who makes it. Nothing is
     * prepared until {@link #endToTake}, for only then is it known again which segment is the next.
     */
    @Nullable
    SegmentFile beginToTake(SegmentName name) throws IOException {
        lock.lock();
        try {
            while (busyWith != null) {
                idle.awaitUninterruptibly();
            }
            failure.check();
            SegmentFile taken = file;
            if (taken != null && !taken.name.equals(name)) {
                throw new IOException("segment " + taken.name + " was prepared (expected: " + name + ")");
            }
            file = null;
            busyWith = name;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** The receiver thread has the file among those it writes to, or could not make it. */
    void endToTake() {
        lock.lock();
        try {
            busyWith = null;
            idle.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Removes the file, if there is one. */
    void remove(WalFileSystem fileSystem) throws IOException {
        lock.lock();
        try {
            if (file != null) {
                file.file.close();
                fileSystem.delete(file.path());
                file = null;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Closes the file, if there is one, and leaves it where it is. */
    void closeQuietly() {
        lock.lock();
        try {
            if (file != null) {
                DirectoryLayout.closeQuietly(file.file);
                file = null;
            }
        } finally {
            lock.unlock();
        }
    }
}
