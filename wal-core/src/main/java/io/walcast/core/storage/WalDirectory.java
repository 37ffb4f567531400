// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import java.nio.file.Path;
import java.util.Optional;

/** One receive directory. */
public final class WalDirectory implements AutoCloseable {

    private WalDirectory() {}

    /** Opens {@code directory} on the real file system. */
    public static WalDirectory open(Path directory, WalDirectoryOptions options) {
        return open(new PosixFileSystem(), directory, options);
    }

    /** Opens {@code directory}. */
    public static WalDirectory open(WalFileSystem fileSystem, Path directory, WalDirectoryOptions options) {
        return Pending.body();
    }

    /** Returns the directory. */
    public Path path() {
        return Pending.body();
    }

    /** Sets whether the group may read what is made from now on. */
    public void setGroupAccess(boolean groupAccess) {
        Pending.body();
    }

    /** Returns where streaming has to go on ({@code FindStreamingStart}), or empty if the directory has no WAL. */
    public Optional<StreamStart> streamStart(SegmentSize size) {
        return Pending.body();
    }

    /** Returns the identity of the cluster the newest segment came from, or empty if no segment tells. */
    public Optional<SystemIdentifier> systemIdentifier() {
        return Pending.body();
    }

    /** Returns the segment size the newest segment tells, or empty if none does. */
    public Optional<SegmentSize> segmentSize() {
        return Pending.body();
    }

    /** Returns whether the history file of {@code timeline} is here. */
    public boolean hasHistory(TimelineId timeline) {
        return Pending.body();
    }

    /** Returns the content of the history file of {@code timeline}. */
    public Optional<byte[]> readHistory(TimelineId timeline) {
        return Pending.body();
    }

    /** Stores a history file; durable when it returns. */
    public void writeHistory(TimelineId timeline, byte[] content) {
        Pending.body();
    }

    /** Returns the position after the last non-zero byte of the newest segment of {@code timeline}; 0/0 if there is none. */
    public Lsn storedEnd(TimelineId timeline, SegmentSize size) {
        return Pending.body();
    }

    /**
     * Returns the end of the last whole, valid record of {@code timeline}, read with {@link io.walcast.core.wal.XLogReader}
     * from the newest segment of that timeline (from the one before it, if no record begins in it); the segment's start
     * if there is none.
     */
    public Lsn endOfWal(TimelineId timeline, SegmentSize size) {
        return Pending.body();
    }

    /** Begins to write WAL of {@code timeline} at {@code start}, a segment start. */
    public SegmentWriter openSegments(SegmentSize size, TimelineId timeline, Lsn start) {
        return Pending.body();
    }

    @Override
    public void close() {
        Pending.body();
    }
}
