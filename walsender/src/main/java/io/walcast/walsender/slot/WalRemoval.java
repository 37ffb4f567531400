// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;

/**
 * Removes old segments of a directory that is ours. Whoever serves a foreign directory has none.
 *
 * <p>{@code WalDirectory::removeSegmentsBefore} is one.
 */
@FunctionalInterface
public interface WalRemoval {

    /**
     * Removes the segments with a number below {@code segmentNumber}, of {@code timeline} and those before it, oldest first. It
     * is durable when this returns.
     *
     * @throws io.walcast.core.error.StorageException with 53100 if the disk is full, and it may be tried again; else it has
     *     failed for good
     */
    void removeBefore(TimelineId timeline, long segmentNumber, SegmentSize size);

    /** Returns whether WAL is removed at present; while it is not, no slot is invalidated for what it holds back. */
    default boolean isOn() {
        return true;
    }
}
