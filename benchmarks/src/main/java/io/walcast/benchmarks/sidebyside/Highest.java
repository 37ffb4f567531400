// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Looks at a number again and again, and keeps the highest. What it was between two looks, and before the end, is missed.
 *
 * <p>Threading: its own thread looks; made and closed by one other.
 */
final class Highest implements AutoCloseable {
    private final LongSupplier number;
    private final long intervalMs;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread sampler = new Thread(this::sample, "side-by-side-sampler");

    // Written by the sampling thread, read by the owner.
    private volatile long highest;

    /** Begins to look at {@code number}. */
    Highest(LongSupplier number, long intervalMs) {
        this.number = number;
        this.intervalMs = intervalMs;
        sampler.setDaemon(true);
        sampler.start();
    }

    long highest() {
        return highest;
    }

    private void sample() {
        try {
            while (!ended.await(intervalMs, TimeUnit.MILLISECONDS)) {
                highest = Math.max(highest, number.getAsLong());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        ended.countDown();
        try {
            sampler.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
