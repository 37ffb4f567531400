// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.guc.Settings;
import io.walcast.walsender.WalSegments;
import io.walcast.walsender.slot.WalRemoval;
import java.util.function.Supplier;

/**
 * Removes WAL as long as {@code wal_removal} is on, and has what was removed closed.
 *
 * @param directory removes it from the directory
 * @param segments what is open of it
 * @param settings those in force
 */
record SwitchedRemoval(WalRemoval directory, WalSegments segments, Supplier<Settings> settings) implements WalRemoval {

    /** Returns whether {@code settings} have WAL removed. */
    static boolean isOn(Settings settings) {
        return settings.bool("wal_removal");
    }

    @Override
    public boolean isOn() {
        return isOn(settings.get());
    }

    @Override
    public void removeBefore(TimelineId timeline, long segmentNumber, SegmentSize size) {
        directory.removeBefore(timeline, segmentNumber, size);
        segments.removed(segmentNumber);
    }
}
