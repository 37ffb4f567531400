// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.verifywal;

import io.walcast.core.verify.TimelineReport;
import io.walcast.core.verify.WalProblem;
import io.walcast.core.verify.WalReport;
import io.walcast.core.wal.EndOfWal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A {@link WalReport} as the maps and lists that JSON is made of. */
final class ReportFields {
    private ReportFields() {}

    static Map<String, @Nullable Object> of(WalReport report) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("whole", report.isWhole());
        fields.put("system_identifier", report.systemIdentifier());
        fields.put("major_version", report.version().major());
        fields.put("segment_bytes", report.segmentSize().bytes());
        fields.put(
                "timelines",
                report.timelines().stream().map(ReportFields::timeline).toList());
        fields.put("warnings", report.warnings());
        return fields;
    }

    private static Map<String, @Nullable Object> timeline(TimelineReport timeline) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("timeline", Integer.toUnsignedLong(timeline.timeline().value()));
        fields.put("start_lsn", timeline.start());
        EndOfWal end = timeline.end();
        fields.put("end_lsn", end == null ? null : end.end());
        fields.put("end_of_wal", end == null ? null : end(end));
        fields.put("segments", timeline.segments());
        fields.put("records", timeline.records());
        fields.put("problems", problems(timeline.problems()));
        return fields;
    }

    private static Map<String, Object> end(EndOfWal end) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("last_record_lsn", end.lastRecord());
        fields.put("reason", end.reason().name().toLowerCase(Locale.ROOT));
        fields.put("message", end.message());
        return fields;
    }

    private static List<Map<String, Object>> problems(List<WalProblem> problems) {
        return problems.stream().map(ReportFields::problem).toList();
    }

    private static Map<String, Object> problem(WalProblem problem) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kind", problem.kind().name().toLowerCase(Locale.ROOT));
        fields.put("lsn", problem.lsn());
        fields.put("file", problem.file());
        fields.put("message", problem.message());
        return fields;
    }
}
