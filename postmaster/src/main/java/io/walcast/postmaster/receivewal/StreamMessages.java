// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.storage.WalDirectory;
import io.walcast.ipc.WalRcvState;
import io.walcast.transport.SenderInfo;
import io.walcast.walreceiver.WalReceiverListener;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Says in {@code pg_receivewal}'s words what happens in one session.
 *
 * <p>Threading: called on the session's threads, one at a time; read after the session has ended.
 */
final class StreamMessages implements WalReceiverListener {
    private final Messages messages;
    private final boolean verbose;
    private final WalDirectory directory;
    private final Watchers watchers;
    private final Consumer<TimelineId> onLeave;
    private Lsn start = Lsn.INVALID;
    private @Nullable TimelineId timeline;

    /**
     * Who else is told.
     *
     * @param report told of everything that counts
     * @param status has the report written, or null
     * @param progress shows the progress, or null
     * @param saysItIsBack whether the user is told that a lost connection is back
     */
    record Watchers(
            ReceiverReport report,
            @Nullable StatusJson status,
            @Nullable ProgressReporter progress,
            boolean saysItIsBack) {

        /** Returns whether this is the moment to say so. */
        boolean isBack() {
            return saysItIsBack && report.hasLostConnection();
        }

        /** Has the report written now, if it is written at all. */
        void writeStatus() {
            if (status != null) {
                status.wake();
            }
        }
    }

    StreamMessages(
            Messages messages,
            boolean verbose,
            WalDirectory directory,
            Watchers watchers,
            Consumer<TimelineId> onLeave) {
        this.messages = messages;
        this.verbose = verbose;
        this.directory = directory;
        this.watchers = watchers;
        this.onLeave = onLeave;
    }

    /** Returns the timeline that was streamed last, or null if none was asked for. */
    @Nullable
    TimelineId timeline() {
        return timeline;
    }

    /** Returns where streaming began last. */
    Lsn start() {
        return start;
    }

    /** Nothing more is written to the segment that was written to last. */
    void segmentLeft() {
        if (timeline != null) {
            onLeave.accept(timeline);
        }
    }

    @Override
    public void onConnected(SenderInfo sender) {
        watchers.report().connected(sender);
    }

    @Override
    public void onState(WalRcvState from, WalRcvState to) {
        if (to == WalRcvState.STREAMING) {
            watchers.writeStatus();
        }
    }

    @Override
    public void onFlush(Lsn flushed) {
        watchers.report().synced();
    }

    @Override
    public void onStreaming(TimelineId timeline, Lsn start) {
        if (this.timeline == null && (verbose || watchers.isBack())) {
            messages.info("starting log streaming at " + start + " (timeline " + timeline + ")");
        }
        this.timeline = timeline;
        this.start = start;
        watchers.report().identified(directory);
        watchers.report().streaming(timeline);
    }

    @Override
    public void onSegmentFinished(TimelineId timeline, Lsn end) {
        verbose("finished segment at " + end + " (timeline " + timeline + ")");
        watchers.report().segmentFinished();
        ProgressReporter progress = watchers.progress();
        if (progress != null) {
            progress.segmentFinished(end);
        }
    }

    @Override
    public void onTimelineSwitch(TimelineId from, TimelineId to, Lsn switchPoint) {
        segmentLeft();
        verbose("switched to timeline " + to + " at " + switchPoint);
    }

    @Override
    public void onDiskFull(boolean full) {
        messages.warning(full ? "the disk is full: receiving pauses until there is room" : "there is room again");
    }

    @Override
    public void onWarning(String message) {
        messages.warning(message);
    }

    private void verbose(String text) {
        if (verbose) {
            messages.info(text);
        }
    }
}
