// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.walreceiver.WalReceiverListener;
import org.jspecify.annotations.Nullable;

/**
 * Says in {@code pg_receivewal}'s words what happens in one session.
 *
 * <p>Threading: called on the session's threads, one at a time; read after the session has ended.
 */
final class StreamMessages implements WalReceiverListener {
    private final Messages messages;
    private final boolean verbose;
    private final @Nullable ProgressReporter progress;
    private @Nullable TimelineId timeline;

    StreamMessages(Messages messages, boolean verbose, @Nullable ProgressReporter progress) {
        this.messages = messages;
        this.verbose = verbose;
        this.progress = progress;
    }

    /** Returns the timeline that was streamed last, or null if none was asked for. */
    @Nullable
    TimelineId timeline() {
        return timeline;
    }

    @Override
    public void onStreaming(TimelineId timeline, Lsn start) {
        if (this.timeline == null) {
            verbose("starting log streaming at " + start + " (timeline " + timeline + ")");
        }
        this.timeline = timeline;
    }

    @Override
    public void onSegmentFinished(TimelineId timeline, Lsn end) {
        verbose("finished segment at " + end + " (timeline " + timeline + ")");
        if (progress != null) {
            progress.segmentFinished(end);
        }
    }

    @Override
    public void onTimelineSwitch(TimelineId from, TimelineId to, Lsn switchPoint) {
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
