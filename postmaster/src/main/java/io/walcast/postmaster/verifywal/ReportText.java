// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.verifywal;

import io.walcast.core.verify.TimelineReport;
import io.walcast.core.verify.WalProblem;
import io.walcast.core.verify.WalReport;
import io.walcast.core.wal.EndOfWal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A {@link WalReport} as lines for a person. */
final class ReportText {
    private ReportText() {}

    /** Returns the lines; with {@code quiet} only those that tell what is wrong. */
    static List<String> lines(WalReport report, boolean quiet) {
        List<String> lines = new ArrayList<>();
        int problems = 0;
        for (TimelineReport timeline : report.timelines()) {
            if (!quiet) {
                lines.add(summary(timeline));
            }
            timeline.problems().forEach(problem -> lines.add(line(timeline, problem)));
            problems += timeline.problems().size();
        }
        if (!quiet) {
            lines.add(problems == 0 ? "the WAL is whole" : problems + (problems == 1 ? " problem" : " problems"));
        }
        return lines;
    }

    private static String summary(TimelineReport timeline) {
        String read = "%d %s, %d %s"
                .formatted(
                        timeline.segments(),
                        timeline.segments() == 1 ? "segment" : "segments",
                        timeline.records(),
                        timeline.records() == 1 ? "record" : "records");
        EndOfWal end = timeline.end();
        return end == null || timeline.start() == null
                ? "timeline %s: %s".formatted(timeline.timeline(), read)
                : "timeline %s: %s to %s, %s; end of WAL: %s"
                        .formatted(timeline.timeline(), timeline.start(), end.end(), read, end.message());
    }

    private static String line(TimelineReport timeline, WalProblem problem) {
        return "timeline %s: %s at %s, file \"%s\": %s"
                .formatted(timeline.timeline(), kind(problem), problem.lsn(), problem.file(), problem.message());
    }

    private static String kind(WalProblem problem) {
        return switch (problem.kind()) {
            case GAP -> "gap";
            case SEGMENT, PAGE, RECORD, HISTORY ->
                "bad " + problem.kind().name().toLowerCase(Locale.ROOT);
        };
    }
}
