// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.storage.SegmentDecompressor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to verify, and how.
 *
 * @param start begin with the segment that holds this position, which must be there; null for the first one there is
 * @param end read up to here, and find it wrong if the WAL ends before; null for as far as it goes
 * @param timeline this one and those it comes from, or null for every timeline there is
 * @param jobs how many segments to read at once
 * @param finishedSegmentsAreFull whether only a {@code .partial} file may hold less than a segment, as where a receiver
 *     writes; a server's own directory has the segment it writes to, and spare ones, under names of finished segments
 * @param decompressors what reads compressed segments
 */
public record VerifyOptions(
        @Nullable Lsn start,
        @Nullable Lsn end,
        @Nullable TimelineId timeline,
        int jobs,
        boolean finishedSegmentsAreFull,
        List<SegmentDecompressor> decompressors) {

    /** Every timeline, from the first segment to the end, one segment at a time; gzip can be read. */
    public static final VerifyOptions DEFAULT =
            new VerifyOptions(null, null, null, 1, false, List.of(SegmentDecompressor.GZIP));

    public VerifyOptions {
        requireNonNull(decompressors, "decompressors");
        decompressors = List.copyOf(decompressors);
        if (jobs < 1) {
            throw new IllegalArgumentException("jobs: %d (expected: 1 or more)".formatted(jobs));
        }
    }

    /** Returns a copy for the WAL between two positions. */
    public VerifyOptions withRange(@Nullable Lsn start, @Nullable Lsn end) {
        return new VerifyOptions(start, end, timeline, jobs, finishedSegmentsAreFull, decompressors);
    }

    /** Returns a copy for one timeline and its ancestors. */
    public VerifyOptions withTimeline(@Nullable TimelineId timeline) {
        return new VerifyOptions(start, end, timeline, jobs, finishedSegmentsAreFull, decompressors);
    }

    /** Returns a copy that reads so many segments at once. */
    public VerifyOptions withJobs(int jobs) {
        return new VerifyOptions(start, end, timeline, jobs, finishedSegmentsAreFull, decompressors);
    }

    /** Returns a copy for a directory that a receiver writes to, or for any other. */
    public VerifyOptions withFinishedSegmentsFull(boolean full) {
        return new VerifyOptions(start, end, timeline, jobs, full, decompressors);
    }

    /** Returns a copy that reads other kinds of compressed segments. */
    public VerifyOptions withDecompressors(List<SegmentDecompressor> decompressors) {
        return new VerifyOptions(start, end, timeline, jobs, finishedSegmentsAreFull, decompressors);
    }
}
