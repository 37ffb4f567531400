// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import io.walcast.core.Lsn;
import io.walcast.ipc.Agent;
import io.walcast.ipc.Latch;
import io.walcast.ipc.WalRcvShared;
import io.walcast.ipc.WalRcvStatus;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Shows a receiver's progress: on a terminal a line that keeps changing, elsewhere a line every ten seconds and one for
 * each segment, but no more than one a second.
 *
 * <p>Threading: a thread of its own, from construction to {@link #close}.
 */
final class ProgressReporter implements AutoCloseable {
    private static final long TERMINAL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long SEGMENT_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long PLAIN_INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);

    private final WalRcvShared shared;
    private final Messages messages;
    private final boolean terminal;
    private final ProgressLine line;
    private final Latch latch = new Latch();
    private final Thread thread;

    // Written by close, read by the thread.
    private volatile boolean closed;
    // Written by the receiver's thread, read by ours.
    private volatile Lsn segmentEnd = Lsn.INVALID;

    /**
     * Starts to show.
     *
     * @param durable whether the lag is that of what is durable
     */
    ProgressReporter(WalRcvShared shared, Messages messages, boolean terminal, boolean durable) {
        this.shared = shared;
        this.messages = messages;
        this.terminal = terminal;
        this.line = new ProgressLine(durable);
        this.thread = new Thread(this::show, "walcast-progress-1");
        thread.setDaemon(true);
        thread.start();
    }

    /** Tells that a segment is complete; from any thread. */
    void segmentFinished(Lsn end) {
        segmentEnd = end;
        if (!terminal) {
            latch.set();
        }
    }

    private void show() {
        Lsn shownSegmentEnd = Lsn.INVALID;
        long lastShownNs = System.nanoTime();
        while (true) {
            latch.await(TERMINAL_INTERVAL_NS);
            latch.reset();
            if (closed) {
                return;
            }
            WalRcvStatus status = shared.status();
            long nowNs = System.nanoTime();
            String text = line.of(status, nowNs);
            boolean isNewSegment = !Objects.equals(segmentEnd, shownSegmentEnd);
            boolean isDue = nowNs - lastShownNs >= (isNewSegment ? SEGMENT_INTERVAL_NS : PLAIN_INTERVAL_NS);
            if (terminal) {
                messages.status(text);
            } else if (isDue) {
                messages.info(text);
                lastShownNs = nowNs;
                shownSegmentEnd = segmentEnd;
            }
        }
    }

    /** Ends the thread; on a terminal the last line stays, and the cursor goes to the next one. */
    @Override
    public void close() {
        closed = true;
        latch.set();
        Agent.join(thread);
        messages.endStatus();
    }
}
