// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import io.walcast.core.error.WalException;
import io.walcast.core.storage.FileEntry;
import io.walcast.core.storage.SegmentDecompressor;
import io.walcast.core.storage.WalFileInputStream;
import io.walcast.core.storage.WalFileSystem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The timeline histories in a directory, and what is wrong with them. Immutable. */
final class StoredTimelines {
    private final NavigableMap<TimelineId, TimelineHistory> histories = new TreeMap<>();
    private final NavigableMap<TimelineId, List<WalProblem>> problems = new TreeMap<>();

    private StoredTimelines() {}

    static StoredTimelines read(WalFileSystem fileSystem, Path directory, List<SegmentDecompressor> decompressors)
            throws IOException {
        StoredTimelines timelines = new StoredTimelines();
        for (FileEntry entry : fileSystem.list(directory)) {
            String name = entry.name();
            SegmentDecompressor decompressor = decompressors.stream()
                    .filter(known -> name.endsWith(known.suffix()))
                    .findFirst()
                    .orElse(null);
            String plain = decompressor == null
                    ? name
                    : name.substring(0, name.length() - decompressor.suffix().length());
            TimelineId timeline = TimelineHistory.timelineOfFileName(plain).orElse(null);
            if (timeline != null && entry.isRegular() && (decompressor == null || !timelines.knows(timeline))) {
                timelines.add(timeline, fileSystem, directory.resolve(name), decompressor);
            }
        }
        timelines.histories.values().forEach(timelines::compareWithAncestors);
        return timelines;
    }

    private boolean knows(TimelineId timeline) {
        return histories.containsKey(timeline);
    }

    private void add(
            TimelineId timeline, WalFileSystem fileSystem, Path path, @Nullable SegmentDecompressor decompressor) {
        String name = String.valueOf(path.getFileName());
        try (InputStream file = new WalFileInputStream(fileSystem.openForReading(path));
                InputStream content = decompressor == null ? file : decompressor.open(file)) {
            byte[] bytes = content.readNBytes(TimelineHistory.MAX_BYTES + 1);
            TimelineHistory history = TimelineHistory.parse(timeline, ByteBuffer.wrap(bytes));
            histories.put(timeline, history);
            if (history.entries().size() == 1) {
                problem(timeline, Lsn.INVALID, name, "history file names no parent timeline");
            }
        } catch (IOException | WalException e) {
            problem(timeline, Lsn.INVALID, name, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private void compareWithAncestors(TimelineHistory history) {
        List<TimelineHistory.Entry> ours = history.entries();
        for (int i = 0; i < ours.size() - 1; i++) {
            TimelineHistory ancestor = histories.get(ours.get(i).timeline());
            if (ancestor != null && !sameUpTo(ancestor.entries(), ours, i)) {
                problem(
                        history.timeline(),
                        requireNonNull(ours.get(i).end()),
                        TimelineHistory.fileName(history.timeline()),
                        "history contradicts that of timeline %s, which it names as an ancestor"
                                .formatted(ancestor.timeline()));
            }
        }
    }

    /** Returns whether the ancestor's own parents are those before place {@code i}. */
    private static boolean sameUpTo(List<TimelineHistory.Entry> ancestor, List<TimelineHistory.Entry> ours, int i) {
        if (ancestor.size() != i + 1) {
            return false;
        }
        for (int j = 0; j < i; j++) {
            boolean same = ancestor.get(j).timeline().equals(ours.get(j).timeline())
                    && Objects.equals(ancestor.get(j).end(), ours.get(j).end());
            if (!same) {
                return false;
            }
        }
        return true;
    }

    private void problem(TimelineId timeline, Lsn lsn, String file, String message) {
        problems.computeIfAbsent(timeline, any -> new ArrayList<>())
                .add(new WalProblem(WalProblem.Kind.HISTORY, lsn, file, message));
    }

    /** Returns the history of {@code timeline}, or null if none is stored that can be read. */
    @Nullable
    TimelineHistory history(TimelineId timeline) {
        TimelineHistory stored = histories.get(timeline);
        if (stored == null && timeline.equals(TimelineId.FIRST)) {
            return TimelineHistory.withoutParents(timeline);
        }
        return stored == null || stored.entries().size() == 1 ? null : stored;
    }

    /** Returns what is wrong with the history file of {@code timeline}. */
    List<WalProblem> problems(TimelineId timeline) {
        return problems.getOrDefault(timeline, List.of());
    }

    /** Returns what is wrong, by timeline. */
    NavigableMap<TimelineId, List<WalProblem>> problems() {
        return problems;
    }

    /** Returns whether another timeline says that {@code timeline} ended at a position from {@code from} to {@code to}. */
    boolean isForkBetween(TimelineId timeline, long from, long to) {
        return histories.values().stream()
                .flatMap(history -> history.switchPoint(timeline).stream())
                .anyMatch(fork ->
                        Long.compareUnsigned(from, fork.value()) <= 0 && Long.compareUnsigned(fork.value(), to) <= 0);
    }
}
