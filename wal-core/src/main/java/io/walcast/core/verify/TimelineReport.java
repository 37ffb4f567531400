// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.wal.EndOfWal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found on one timeline.
 *
 * @param timeline which
 * @param start where its first record begins that is there: after the fork, for a timeline that has one; null if there is none
 * @param segments how many segments were read
 * @param records how many records are sound
 * @param end where its WAL ends, as PostgreSQL would find after a crash, and why; null if it holds no record
 * @param problems everything that is wrong, by position
 */
public record TimelineReport(
        TimelineId timeline,
        @Nullable Lsn start,
        int segments,
        long records,
        @Nullable EndOfWal end,
        List<WalProblem> problems) {

    public TimelineReport {
        requireNonNull(timeline, "timeline");
        problems = List.copyOf(problems);
    }
}
