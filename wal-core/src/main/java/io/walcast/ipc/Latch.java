// SPDX-License-Identifier: Apache-2.0
package io.walcast.ipc;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A flag that one thread waits for and any thread sets (PostgreSQL's {@code storage/ipc/latch.c}).
 *
 * <p>The owner's loop is: {@link #reset}, look for work, do it; when there was none, {@link #await}. A {@link #set} after
 * the reset ends the next wait at once, so nothing is missed. Setting a latch that is set costs one volatile read.
 *
 * <p>Threading: one owner waits and resets; {@link #set} from any thread. Waiting is never ended by an interrupt, because
 * an interrupted thread that holds a file would close it; the interrupt status is kept.
 */
public final class Latch {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Written by any thread that sets, and by the owner that resets; read by both.
    private volatile boolean isSet;

    /** Sets the latch and wakes its owner. */
    public void set() {
        if (isSet) {
            return;
        }
        lock.lock();
        try {
            isSet = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Clears the latch; call before looking for work, never after. */
    public void reset() {
        isSet = false;
    }

    /** Returns whether the latch is set. */
    public boolean isSet() {
        return isSet;
    }

    /**
     * Waits until the latch is set or {@code timeoutNs} have passed, and returns whether it is set.
     *
     * @param timeoutNs nanoseconds; 0 or less does not wait
     */
    public boolean await(long timeoutNs) {
        if (isSet || timeoutNs <= 0) {
            return isSet;
        }
        boolean interrupted = false;
        long deadlineNs = System.nanoTime() + timeoutNs;
        lock.lock();
        try {
            long leftNs = timeoutNs;
            while (!isSet && leftNs > 0) {
                try {
                    changed.await(leftNs, TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                leftNs = deadlineNs - System.nanoTime();
            }
            return isSet;
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
