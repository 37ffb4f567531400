// SPDX-License-Identifier: Apache-2.0
package io.walcast.core;

import static java.util.Objects.requireNonNull;

import io.walcast.core.error.RefusedException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a timeline comes from: its ancestors, oldest first, and itself ({@code TTTTTTTT.history}).
 *
 * <p>Immutable.
 */
public final class TimelineHistory {
    /** The longest history file that is read. */
    public static final int MAX_BYTES = 1 << 20;

    /** The most lines that are read. */
    public static final int MAX_LINES = 10_000;

    private static final Pattern FILE_NAME = Pattern.compile("[0-9A-F]{8}\\.history");

    private final TimelineId timeline;
    private final List<Entry> entries;

    /**
     * A stretch of WAL on one timeline.
     *
     * @param timeline the timeline
     * @param begin its first position, 0/0 for the oldest one
     * @param end the position where the next timeline takes over, or null if none does
     * @param reason why it ended, as the file says; bytes outside of printable ASCII as {@code \xNN}
     */
    public record Entry(
            TimelineId timeline, Lsn begin, @Nullable Lsn end, String reason) {
        public Entry {
            requireNonNull(timeline, "timeline");
            requireNonNull(begin, "begin");
            requireNonNull(reason, "reason");
        }

        /** Returns whether the byte at {@code lsn} belongs to this stretch. */
        public boolean contains(Lsn lsn) {
            return !lsn.isBefore(begin) && (end == null || lsn.isBefore(end));
        }
    }

    private TimelineHistory(TimelineId timeline, List<Entry> entries) {
        this.timeline = timeline;
        this.entries = List.copyOf(entries);
    }

    /** Returns the history of a timeline without parents: timeline 1, or one whose file is missing. */
    public static TimelineHistory withoutParents(TimelineId timeline) {
        return new TimelineHistory(timeline, List.of(new Entry(timeline, Lsn.INVALID, null, "")));
    }

    /**
     * Parses the history file of {@code timeline}; the position of {@code content} stays.
     *
     * @throws StorageException with SQLSTATE XX001 if a line cannot be, 54000 if the file is over its limits
     */
    public static TimelineHistory parse(TimelineId timeline, ByteBuffer content) {
        List<Entry> entries = new TimelineHistoryReader(timeline, content).read();
        Lsn begin = entries.isEmpty()
                ? Lsn.INVALID
                : requireNonNull(entries.get(entries.size() - 1).end());
        List<Entry> all = new ArrayList<>(entries);
        all.add(new Entry(timeline, begin, null, ""));
        return new TimelineHistory(timeline, all);
    }

    /** Returns the name of the history file of {@code timeline}. */
    public static String fileName(TimelineId timeline) {
        return "%08X.history".formatted(timeline.value());
    }

    /** Returns the timeline whose history file is named {@code fileName}, or empty if it is no such name. */
    public static Optional<TimelineId> timelineOfFileName(String fileName) {
        if (!FILE_NAME.matcher(fileName).matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(fileName, 0, 8, 16);
        return number == 0 ? Optional.empty() : Optional.of(TimelineId.of(number));
    }

    /** Returns the timeline this is the history of. */
    public TimelineId timeline() {
        return timeline;
    }

    /** Returns all stretches, oldest first; the last one is {@link #timeline} itself and has no end. */
    public List<Entry> entries() {
        return entries;
    }

    /** Returns whether {@code other} is this timeline or one of its ancestors. */
    public boolean contains(TimelineId other) {
        return find(other).isPresent();
    }

    /** Returns where {@code ancestor} ended, or empty if it is not an ancestor ({@code tliSwitchPoint}). */
    public Optional<Lsn> switchPoint(TimelineId ancestor) {
        return find(ancestor).map(Entry::end);
    }

    /** Returns the timeline that comes after {@code ancestor}, or empty if it is not an ancestor. */
    public Optional<TimelineId> nextTimeline(TimelineId ancestor) {
        for (int i = 0; i < entries.size() - 1; i++) {
            if (entries.get(i).timeline().equals(ancestor)) {
                return Optional.of(entries.get(i + 1).timeline());
            }
        }
        return Optional.empty();
    }

    /** Returns the timeline that the byte at {@code lsn} belongs to ({@code tliOfPointInHistory}). */
    public TimelineId timelineOf(Lsn lsn) {
        for (Entry entry : entries) {
            if (entry.contains(lsn)) {
                return entry.timeline();
            }
        }
        return timeline;
    }

    /**
     * Checks that WAL which we hold on {@code held} up to {@code flushed} is part of this history.
     *
     * @throws RefusedException with SQLSTATE 55000 if {@code held} is no ancestor or ended before {@code flushed}
     */
    public void requireContinues(TimelineId held, Lsn flushed) {
        if (held.equals(timeline)) {
            return;
        }
        Lsn end = switchPoint(held).orElse(null);
        if (end == null) {
            throw new RefusedException(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    "our timeline %s is not in the history of timeline %s: diverged; kept aside, not overwritten"
                            .formatted(held, timeline));
        }
        if (flushed.isAfter(end)) {
            throw new RefusedException(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    "our WAL on timeline %s goes past the fork at %s: diverged; kept aside, not overwritten"
                            .formatted(held, end));
        }
    }

    private Optional<Entry> find(TimelineId wanted) {
        return entries.stream().filter(entry -> entry.timeline().equals(wanted)).findFirst();
    }

    @Override
    public String toString() {
        return "TimelineHistory" + entries;
    }
}
