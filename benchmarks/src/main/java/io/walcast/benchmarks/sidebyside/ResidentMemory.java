// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Watches the most memory a process ever had resident, which the kernel keeps ({@code VmHWM}) but tells only while the
 * process lives. What it took in its last {@value #INTERVAL_MS} ms may be missed.
 *
 * <p>Threading: its own thread samples; made and closed by one other.
 */
final class ResidentMemory implements AutoCloseable {
    private static final long INTERVAL_MS = 20;
    private static final String HIGH_WATER_MARK = "VmHWM:";

    private final Process wrapper;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread sampler = new Thread(this::sample, "side-by-side-memory");

    // Written by the sampling thread, read by the owner.
    private volatile long maxKb;

    /** Begins to watch the first child of {@code wrapper}. */
    ResidentMemory(Process wrapper) {
        this.wrapper = wrapper;
        sampler.setDaemon(true);
        sampler.start();
    }

    long maxKb() {
        return maxKb;
    }

    private void sample() {
        try {
            Optional<ProcessHandle> child = wrapper.children().findFirst();
            while (!ended.await(INTERVAL_MS, TimeUnit.MILLISECONDS)) {
                if (child.isEmpty()) {
                    child = wrapper.children().findFirst();
                } else {
                    maxKb = Math.max(maxKb, highWaterMarkKb(child.get().pid()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long highWaterMarkKb(long pid) {
        try {
            return parse(Files.readAllLines(Path.of("/proc/" + pid + "/status")));
        } catch (IOException e) {
            return 0; // it has ended
        }
    }

    /** Returns the mark in kilobytes; 0 if there is none, as in the status of a process that has ended. */
    static long parse(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith(HIGH_WATER_MARK))
                .mapToLong(line -> Long.parseLong(line.substring(HIGH_WATER_MARK.length())
                        .replace("kB", "")
                        .strip()))
                .findFirst()
                .orElse(0);
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
