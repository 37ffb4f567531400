// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import static java.util.Objects.requireNonNull;

import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.wal.WalVersion;
import java.util.List;

/**
 * What was found in a directory.
 *
 * @param systemIdentifier the cluster the WAL is of
 * @param version which version wrote it
 * @param segmentSize the size of its segments
 * @param timelines one report for each timeline, in rising order
 * @param warnings what a person may want to know, though nothing is missing or wrong
 */
public record WalReport(
        SystemIdentifier systemIdentifier,
        WalVersion version,
        SegmentSize segmentSize,
        List<TimelineReport> timelines,
        List<String> warnings) {

    public WalReport {
        requireNonNull(systemIdentifier, "systemIdentifier");
        requireNonNull(version, "version");
        requireNonNull(segmentSize, "segmentSize");
        timelines = List.copyOf(timelines);
        warnings = List.copyOf(warnings);
    }

    /** Returns whether there is WAL, and nothing is wrong with it. */
    public boolean isWhole() {
        return !timelines.isEmpty()
                && timelines.stream().allMatch(timeline -> timeline.problems().isEmpty());
    }
}
