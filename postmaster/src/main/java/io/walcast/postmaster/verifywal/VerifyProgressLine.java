// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.verifywal;

import io.walcast.core.verify.VerifyProgress;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Shows how far verifying is, as PostgreSQL's own tools do: {@code 512/2048 MB (25%) read}. On a terminal on a line that keeps
 * changing, elsewhere on a new one every second.
 *
 * <p>Threading: told by any thread; closed by one.
 */
final class VerifyProgressLine implements VerifyProgress, AutoCloseable {
    private static final int MB_SHIFT = 20;
    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long TERMINAL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(250);

    private final PrintWriter err;
    private final boolean terminal;
    private final boolean shown;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong shownAtNs = new AtomicLong(System.nanoTime());
    private final Object lock = new Object();
    private boolean closed;

    // Written by those who tell, read by who closes.
    private volatile long total;

    VerifyProgressLine(PrintWriter err, boolean terminal, boolean shown) {
        this.err = err;
        this.terminal = terminal;
        this.shown = shown;
    }

    @Override
    public void read(long bytes, long totalBytes) {
        long now = done.addAndGet(bytes);
        if (!shown) {
            return;
        }
        total = totalBytes;
        long nowNs = System.nanoTime();
        long beforeNs = shownAtNs.get();
        boolean due = nowNs - beforeNs >= (terminal ? TERMINAL_INTERVAL_NS : INTERVAL_NS);
        if (due && shownAtNs.compareAndSet(beforeNs, nowNs)) {
            show(now, totalBytes);
        }
    }

    private void show(long bytes, long totalBytes) {
        String text = String.format(
                Locale.ROOT,
                "%d/%d MB (%d%%) read",
                bytes >> MB_SHIFT,
                totalBytes >> MB_SHIFT,
                totalBytes == 0 ? 100 : bytes * 100 / totalBytes);
        synchronized (lock) {
            if (!closed) {
                err.print(terminal ? "\r" + text : text + System.lineSeparator());
                err.flush();
            }
        }
    }

    /** Shows the last state and ends the line; idempotent. */
    @Override
    public void close() {
        if (shown && total > 0) {
            show(done.get(), total);
        }
        synchronized (lock) {
            if (!closed && terminal && shown && total > 0) {
                err.println();
                err.flush();
            }
            closed = true;
        }
    }
}
