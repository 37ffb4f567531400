// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import java.nio.ByteBuffer;

/** Writes the WAL of one timeline into segment files. */
public final class SegmentWriter implements AutoCloseable {

    SegmentWriter() {}

    /** Returns the timeline written. */
    public TimelineId timeline() {
        return Pending.body();
    }

    /** Receiver thread: writes {@code payload} at {@link #position}; false when the disk is full: try the rest later. */
    public boolean append(ByteBuffer payload) {
        return Pending.body();
    }

    /** Receiver thread: returns where the next byte goes; the same as {@link #written}. */
    public Lsn position() {
        return Pending.body();
    }

    /** Any thread: returns the position up to which bytes were written. */
    public Lsn written() {
        return Pending.body();
    }

    /**
     * Receiver thread: compares {@code payload}, which overlaps what this writer wrote, with the stored bytes from
     * {@code at} to {@link #written} (finished segments may be gone: then there is nothing to compare); changes nothing,
     * not even the payload's position.
     *
     * @throws io.walcast.core.error.RefusedException 08P01 "WAL overlap; stored bytes differ: possible timeline fork",
     *     naming the position of the first difference
     */
    public void requireSame(Lsn at, ByteBuffer payload) {
        Pending.body();
    }

    /** Flusher thread: makes durable what was written when the call began, and returns that position. */
    public Lsn flush() {
        return Pending.body();
    }

    /** Any thread: returns the position up to which bytes are durable; never goes back. */
    public Lsn flushed() {
        return Pending.body();
    }

    /** Any thread: returns whether {@link #prepareNext} would be worth a call now. */
    public boolean wantsPrepare() {
        return Pending.body();
    }

    /** Any third thread: makes the file of the next segment beforehand. */
    public void prepareNext() {
        Pending.body();
    }

    /** Flushes, leaves the unfinished segment as {@code .partial}, closes the files. */
    @Override
    public void close() {
        Pending.body();
    }
}
