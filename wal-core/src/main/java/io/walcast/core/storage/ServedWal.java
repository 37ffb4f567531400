// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.ipc.Cancellation.Registration;
import io.walcast.ipc.Latch;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The WAL that a walsender may send, and how far ({@code GetStandbyFlushRecPtr}, {@code WALRead}).
 *
 * <p>What it says of the cluster is known as soon as there is a position; before, it may be asked for {@link #position} and
 * {@link #wakeOnChange} only.
 *
 * <p>Threading: any thread. {@link #open}, {@link #history} and {@link #oldestSegment} read the disk.
 */
public interface ServedWal {

    /** Returns up to where WAL may be sent, or null as long as there is none. It never goes back on one timeline. */
    @Nullable
    ServedPosition position();

    /** Has {@code latch} set whenever the position moves, until the result is closed. */
    Registration wakeOnChange(Latch latch);

    /** Returns the identity of the cluster the WAL comes from. */
    SystemIdentifier systemIdentifier();

    /** Returns the size of the segments. */
    SegmentSize segmentSize();

    /** Returns the major version of PostgreSQL that wrote the WAL, 14 to 18. */
    int majorVersion();

    /** Returns the content of the history file of {@code timeline}, or empty if it is not there. */
    Optional<byte[]> history(TimelineId timeline);

    /**
     * Opens a segment of exactly that timeline, an unfinished one too if some of it may be sent.
     *
     * @throws io.walcast.core.error.StorageException with 58P01 if it is not there any more, or never was; XX001 if its first
     *     page is not that of this segment and cluster; 58030 if the disk fails
     */
    ServedSegment open(TimelineId timeline, long segmentNumber);

    /** Returns the number of the oldest segment from which on the WAL is whole up to the position; empty if none is. */
    Optional<Long> oldestSegment();
}
