// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.WalException;
import io.walcast.walreceiver.WalReceiverListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a receiver told its listener, each kind in order. May be read from any thread, also while it goes on. */
final class Events implements WalReceiverListener {
    private final List<Lsn> streams = new CopyOnWriteArrayList<>();
    private final List<TimelineId> switches = new CopyOnWriteArrayList<>();
    private final List<Boolean> diskFull = new CopyOnWriteArrayList<>();
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final List<WalException> retries = new CopyOnWriteArrayList<>();

    @Override
    public void onStreaming(TimelineId timeline, Lsn start) {
        streams.add(start);
    }

    @Override
    public void onTimelineSwitch(TimelineId from, TimelineId to, Lsn switchPoint) {
        switches.add(to);
    }

    @Override
    public void onDiskFull(boolean full) {
        diskFull.add(full);
    }

    @Override
    public void onWarning(String message) {
        warnings.add(message);
    }

    @Override
    public void onRetry(WalException reason, Duration pause) {
        retries.add(reason);
    }

    /** Returns where each stream was asked to start. */
    List<Lsn> streams() {
        return streams;
    }

    /** Returns the timelines that were switched to. */
    List<TimelineId> switches() {
        return switches;
    }

    /** Returns true for each time that the disk was full, false for each time that there was room again. */
    List<Boolean> diskFull() {
        return diskFull;
    }

    /** Returns why sessions ended after which another one was tried. */
    List<WalException> retries() {
        return retries;
    }

    @Override
    public String toString() {
        return "streams %s, switches %s, disk full %s, retries %s, warnings %s"
                .formatted(streams, switches, diskFull, retries, warnings);
    }
}
