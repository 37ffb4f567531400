// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import io.walcast.core.wal.EndOfWal;
import io.walcast.core.wal.XLogReader;
import io.walcast.core.wal.XLogReaderOptions;
import io.walcast.core.wal.XLogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Puts together what was found in the segments of one timeline: whether each goes on where the one before it ended, and where
 * the WAL ends.
 *
 * <p>Threading: one owner thread.
 */
final class TimelineCheck {
    private final WalInventory inventory;
    private final StoredTimelines stored;
    private final VerifyOptions options;
    private final TimelineId timeline;
    private final @Nullable TimelineHistory history;
    private final Map<StoredSegment, SegmentResult> results;
    private final TreeSet<WalProblem> problems = new TreeSet<>();
    private final List<String> warnings = new ArrayList<>();

    private @Nullable Stretch before;
    private @Nullable StoredSegment beforeSegment;
    private @Nullable Stretch firstOwn;
    private boolean gap;
    private Lsn invalidPageAtEnd = Lsn.INVALID;

    TimelineCheck(
            WalInventory inventory,
            StoredTimelines stored,
            VerifyOptions options,
            TimelineId timeline,
            Map<StoredSegment, SegmentResult> results) {
        this.inventory = inventory;
        this.stored = stored;
        this.options = options;
        this.timeline = timeline;
        this.history = stored.history(timeline);
        this.results = results;
    }

    /** Returns what is to be told besides the report. */
    List<String> warnings() {
        return warnings;
    }

    /**
     * Checks the segments, all of this timeline and in order.
     *
     * @param newest whether no other timeline comes after this one
     */
    TimelineReport run(List<SegmentResult> own, boolean newest) {
        problems.addAll(stored.problems(timeline));
        List<SegmentResult> used = own.subList(0, own.size() - spare(own));
        used.forEach(result -> problems.addAll(result.problems()));
        beginAtParent(used);
        for (SegmentResult result : used) {
            checkNumber(result.segment());
            result.stretches().forEach(stretch -> join(stretch, result.segment()));
            beforeSegment = result.segment();
        }
        EndOfWal end = findEnd(used);
        checkEnd(used, end, newest);
        if (history == null) {
            missHistory(used);
        } else if (!used.isEmpty()) {
            new ForkCheck(inventory, history, problems).run(used.get(0), end);
        }
        problems.removeIf(this::isOutOfRange);
        return new TimelineReport(
                timeline,
                firstOwn == null ? null : firstOwn.first(),
                used.size(),
                used.stream().mapToLong(SegmentResult::records).sum(),
                end,
                List.copyOf(problems));
    }

    /** PostgreSQL takes a timeline without a history file for one without parents. */
    private void missHistory(List<SegmentResult> used) {
        boolean hasParents = inventory.timelines().firstKey().compareTo(timeline) < 0;
        String name = TimelineHistory.fileName(timeline);
        String message = "history file is missing: it cannot be told where timeline %s begins".formatted(timeline);
        if (hasParents && !used.isEmpty()) {
            add(WalProblem.Kind.HISTORY, new Lsn(used.get(0).segment().start()), name, message);
        } else {
            warnings.add("\"" + name + "\": " + message);
        }
    }

    private boolean isOutOfRange(WalProblem problem) {
        Lsn start = options.start();
        Lsn end = options.end();
        boolean early =
                start != null && problem.lsn().isBefore(inventory.segmentSize().startOfSegment(start));
        boolean late = end != null && !problem.lsn().isBefore(end);
        return problem.kind() != WalProblem.Kind.HISTORY && (early || late);
    }

    /** Returns how many of the last segments are no segments yet: names that a server keeps ready. */
    private int spare(List<SegmentResult> own) {
        int count = 0;
        while (!options.finishedSegmentsAreFull()
                && count < own.size() - 1
                && !own.get(own.size() - 1 - count).hasPage()) {
            count++;
        }
        if (count > 0) {
            warnings.add("%d spare segments of timeline %s hold no WAL yet, from \"%s\" on"
                    .formatted(
                            count,
                            timeline,
                            own.get(own.size() - count).segment().file().fileName()));
        }
        return count;
    }

    /** Takes the ancestor's segment before our first one, if there is one, for what ours has to go on from. */
    private void beginAtParent(List<SegmentResult> used) {
        if (used.isEmpty()) {
            return;
        }
        StoredSegment first = used.get(0).segment();
        Lsn start = options.start();
        if (start != null && first.contains(start)) {
            return;
        }
        long number = first.name().segmentNumber();
        if (number > 0 && history != null) {
            try (TimelinePath path = new TimelinePath(inventory, timeline, history)) {
                for (long n = number - 1; n >= 0 && beforeSegment == null && n >= oldestOfAncestors(); n--) {
                    beforeSegment = path.segment(n);
                }
            }
        }
        SegmentResult result = beforeSegment == null ? null : results.get(beforeSegment);
        if (result != null && !result.stretches().isEmpty()) {
            before = result.stretches().get(result.stretches().size() - 1);
        }
        if (beforeSegment == null && start != null && new Lsn(first.start()).isAfter(start)) {
            addGap(new Lsn(inventory.segmentSize().startOfSegment(start).value()), first);
        }
    }

    private long oldestOfAncestors() {
        long oldest = Long.MAX_VALUE;
        if (history != null) {
            for (TimelineHistory.Entry entry : history.entries()) {
                var segments = inventory.segments(entry.timeline());
                oldest = segments.isEmpty() ? oldest : Math.min(oldest, segments.firstKey());
            }
        }
        return oldest;
    }

    private void checkNumber(StoredSegment segment) {
        StoredSegment last = beforeSegment;
        if (last != null && last.end() != segment.start()) {
            addGap(new Lsn(last.end()), segment);
            gap = true;
        } else if (last != null && last.file().partial()) {
            add(
                    WalProblem.Kind.GAP,
                    new Lsn(last.start()),
                    last.file().fileName(),
                    "unfinished segment, with later ones behind it");
        }
    }

    private void addGap(Lsn from, StoredSegment next) {
        long missing = (next.start() - from.value()) / inventory.segmentSize().bytes();
        String name = SegmentName.containing(next.name().timeline(), from, inventory.segmentSize())
                .fileName(inventory.segmentSize());
        add(
                WalProblem.Kind.GAP,
                from,
                name,
                "%d %s missing, up to %s"
                        .formatted(missing, missing == 1 ? "segment is" : "segments are", new Lsn(next.start())));
    }

    private void join(Stretch stretch, StoredSegment segment) {
        Stretch last = before;
        if (firstOwn == null) {
            firstOwn = stretch;
        }
        if (last != null && !gap && !last.leadsTo(stretch)) {
            explain(last, stretch);
        } else if (last == null && !stretch.anchored()) {
            explainStart(segment, stretch);
        }
        before = stretch;
        gap = false;
    }

    /** Reads from the last sound record on to tell what is wrong behind it, if anything is. */
    private void explain(Stretch last, Stretch next) {
        try (TimelinePath path = new TimelinePath(inventory, timeline, history)) {
            XLogReader reader = new XLogReader(path, readerOptions());
            reader.beginRead(last.last());
            XLogRecord record = reader.next();
            while (record != null && record.start().isBefore(next.first())) {
                record = reader.next();
            }
            if (record == null) {
                add(reader, reader.endOfWal(), "WAL goes on at " + next.first());
            } else if (!record.start().equals(next.first())) {
                add(
                        WalProblem.Kind.RECORD,
                        next.first(),
                        fileAt(next.first()),
                        "record within another one, at " + record.start());
            }
        }
    }

    private void explainStart(StoredSegment segment, Stretch next) {
        try (TimelinePath path = new TimelinePath(inventory, timeline, history)) {
            XLogReader reader = new XLogReader(path, readerOptions());
            if (reader.findNextRecord(new Lsn(segment.start())).isEmpty()) {
                add(reader, reader.endOfWal(), "WAL goes on at " + next.first());
            }
        }
    }

    private void add(XLogReader reader, EndOfWal end, String then) {
        Lsn page = reader.invalidPage();
        Lsn lsn = page.isValid() ? page : end.end();
        add(
                page.isValid() ? WalProblem.Kind.PAGE : WalProblem.Kind.RECORD,
                lsn,
                fileAt(lsn),
                end.message() + (then.isEmpty() ? "" : "; " + then));
    }

    private XLogReaderOptions readerOptions() {
        return XLogReaderOptions.of(inventory.segmentSize())
                .withVersion(inventory.origin().version());
    }

    private String fileAt(Lsn lsn) {
        long number = inventory.segmentSize().segmentNumber(lsn);
        try (TimelinePath path = new TimelinePath(inventory, timeline, history)) {
            StoredSegment segment = path.segment(number);
            return segment == null
                    ? SegmentName.containing(timeline, lsn, inventory.segmentSize())
                            .fileName(inventory.segmentSize())
                    : segment.file().fileName();
        }
    }

    private void add(WalProblem.Kind kind, Lsn lsn, String file, String message) {
        problems.add(new WalProblem(kind, lsn, file, message));
    }

    /** Returns the end that is found from the newest segment whose first page leads to a record, as after a crash. */
    private @Nullable EndOfWal findEnd(List<SegmentResult> used) {
        for (int i = used.size() - 1; i >= 0; i--) {
            if (used.get(i).isAnchored()) {
                try (TimelinePath path = new TimelinePath(inventory, timeline, history)) {
                    XLogReader reader = new XLogReader(path, readerOptions());
                    reader.beginRead(used.get(i).stretches().get(0).last());
                    EndOfWal end = readToEnd(reader);
                    invalidPageAtEnd = reader.invalidPage();
                    return end;
                }
            }
        }
        return null;
    }

    private EndOfWal readToEnd(XLogReader reader) {
        Lsn wanted = options.end();
        for (XLogRecord record = reader.next(); record != null; record = reader.next()) {
            if (wanted != null && !record.end().isBefore(wanted)) {
                String message = "not read beyond " + wanted;
                return new EndOfWal(record.start(), record.end(), EndOfWal.Reason.NO_MORE_BYTES, message);
            }
        }
        return reader.endOfWal();
    }

    private void checkEnd(List<SegmentResult> used, @Nullable EndOfWal end, boolean newest) {
        if (used.isEmpty()) {
            return;
        }
        SegmentResult last = used.get(used.size() - 1);
        if (end == null) {
            add(
                    WalProblem.Kind.SEGMENT,
                    new Lsn(last.segment().start()),
                    last.segment().file().fileName(),
                    "no record found");
            return;
        }
        Lsn wanted = options.end();
        if (newest && wanted != null && end.end().isBefore(wanted)) {
            add(
                    WalProblem.Kind.GAP,
                    end.end(),
                    fileAt(end.end()),
                    "WAL ends before %s: %s".formatted(wanted, end.message()));
        } else if (wanted == null || end.end().isBefore(wanted)) {
            checkUnusedRest(last.segment(), end);
        }
    }

    /** Looks at what is behind the end, if that is within a segment that should be full. */
    private void checkUnusedRest(StoredSegment last, EndOfWal end) {
        Lsn at = end.end();
        boolean full = !at.isBefore(new Lsn(last.end())) || end.reason() == EndOfWal.Reason.NO_MORE_BYTES;
        if (last.file().partial() || full || stored.isForkBetween(timeline, last.start(), last.end())) {
            return;
        }
        String text = "WAL ends within a finished segment: " + end.message();
        if (options.finishedSegmentsAreFull()) {
            add(
                    invalidPageAtEnd.isValid() ? WalProblem.Kind.PAGE : WalProblem.Kind.RECORD,
                    invalidPageAtEnd.isValid() ? invalidPageAtEnd : at,
                    fileAt(at),
                    text);
        } else {
            warnings.add("timeline %s, %s: %s".formatted(timeline, fileAt(at), text));
        }
    }
}
