// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import io.walcast.core.error.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds how far the WAL of an archive goes.
 *
 * <p>The directory is listed at the beginning and now and then. In between, as PostgreSQL does, only the names are looked up
 * that come next: the next segment, and the history files of the timelines after the newest one.
 *
 * <p>Threading: the thread that polls, but for {@link #history}.
 */
final class ArchivePosition {
    private static final int SEGMENTS_PER_POLL = 64;
    private static final int POLLS_PER_LISTING = 30;

    private final ArchiveFiles files;

    /** The sizes seen last of what is not offered yet. */
    private final Map<String, Long> sizes = new HashMap<>();

    /** What was found damaged, by name, with its size; looked at again when that changes, or at the next listing. */
    private final Map<String, Long> damaged = new HashMap<>();

    private @Nullable TimelineHistory newest;
    private boolean looked;
    private int polls;

    ArchivePosition(ArchiveFiles files) {
        this.files = files;
    }

    /** Returns what a segment tells of its cluster, or null if nothing. */
    @Nullable
    ServedCluster clusterOf(ArchiveFiles.Found found) {
        try {
            return files.cluster(found).orElse(null);
        } catch (IOException | RuntimeException e) { // decompressors throw what they like
            return null; // it may still be being written; if not, it is told when its turn comes
        }
    }

    /** Returns the end of the newest segment of the newest timeline that can be offered, or null if none can. */
    @Nullable
    ServedPosition begin(List<ArchiveFiles.Found> found, ServedCluster cluster) throws IOException {
        SegmentSize size = cluster.identity().segmentSize();
        List<SegmentName> names = found.stream()
                .flatMap(file -> file.name().segmentName(size).stream())
                .distinct()
                .sorted(Comparator.comparing(SegmentName::timeline)
                        .thenComparing(SegmentName::segmentNumber)
                        .reversed())
                .toList();
        TimelineId newestTimeline = null;
        boolean waiting = false;
        boolean firstLook = !looked;
        looked = true;
        for (SegmentName name : names) {
            // The last one of a timeline may still be being written; those before it are not.
            boolean last = !name.timeline().equals(newestTimeline);
            newestTimeline = name.timeline();
            if (!hasHistory(name.timeline())) {
                continue;
            }
            if (isOffered(name, cluster, last)) {
                newest = history(name.timeline());
                return end(name, size);
            }
            if (waiting) {
                return null; // damage: once the position is before it, what comes after it cannot be reached
            }
            waiting = last && firstLook;
        }
        return null;
    }

    private boolean hasHistory(TimelineId timeline) throws IOException {
        if (timeline.equals(TimelineId.FIRST) || files.history(timeline) != null) {
            return true;
        }
        files.warn("the history file of timeline " + timeline + " is missing, skipping its WAL");
        return false;
    }

    /** Returns how far the WAL goes now. */
    ServedPosition advance(ServedPosition from, ServedCluster cluster) throws IOException {
        polls++;
        if (polls % POLLS_PER_LISTING == 0) {
            damaged.clear();
        }
        TimelineHistory history = newest(from.timeline());
        ServedPosition at = from;
        for (int i = 0; i < SEGMENTS_PER_POLL; i++) {
            ServedPosition next = next(at, history, cluster);
            if (next == null) {
                break;
            }
            at = next;
        }
        return at;
    }

    /** Returns the history of the newest timeline that descends from {@code current}. */
    private TimelineHistory newest(TimelineId current) throws IOException {
        TimelineHistory known = newest == null ? history(current) : newest;
        long last = known.timeline().number() + 1;
        if (polls % POLLS_PER_LISTING == 0) {
            last = Math.max(last, files.newestHistory().map(TimelineId::number).orElse(0L));
        }
        for (long number = last; number > known.timeline().number(); number--) {
            TimelineHistory found = historyIfWhole(TimelineId.of(number));
            if (found != null && found.contains(current)) {
                known = found;
            }
        }
        newest = known;
        return known;
    }

    private @Nullable TimelineHistory historyIfWhole(TimelineId timeline) throws IOException {
        String name = TimelineHistory.fileName(timeline);
        try {
            byte[] content = files.history(timeline);
            if (content == null || content.length == 0 || !isStable(name, content.length)) {
                return null;
            }
            return TimelineHistory.parse(timeline, ByteBuffer.wrap(content));
        } catch (StorageException e) {
            files.warn("could not read file \"%s\": %s".formatted(name, e.getMessage()));
            return null;
        }
    }

    /** Returns the end of the segment that comes after {@code at}, on the newest timeline that has one, or null. */
    private @Nullable ServedPosition next(ServedPosition at, TimelineHistory history, ServedCluster cluster)
            throws IOException {
        SegmentSize size = cluster.identity().segmentSize();
        long segment = size.segmentNumber(at.flushedUpto());
        List<TimelineHistory.Entry> entries = history.entries();
        for (int i = entries.size() - 1; i >= 0; i--) {
            TimelineHistory.Entry entry = entries.get(i);
            if (entry.timeline().compareTo(at.timeline()) <= 0) {
                break;
            }
            long first = size.segmentNumber(entry.begin());
            SegmentName name = new SegmentName(entry.timeline(), first);
            if (first <= segment && isOffered(name, cluster, true)) {
                return end(name, size);
            }
        }
        SegmentName name = new SegmentName(at.timeline(), segment);
        return isOffered(name, cluster, true) ? end(name, size) : null;
    }

    private static ServedPosition end(SegmentName name, SegmentSize size) {
        return new ServedPosition(name.timeline(), name.next().start(size));
    }

    /**
     * Returns whether a segment is there, whole and durable.
     *
     * @param mayGrow whether it may still be being written: it counts when its size was the same the last time
     */
    private boolean isOffered(SegmentName name, ServedCluster cluster, boolean mayGrow) throws IOException {
        SegmentSize size = cluster.identity().segmentSize();
        ArchiveFiles.Found found = files.find(name, size);
        if (found == null) {
            warnOfWrongSize(name, size);
            return false;
        }
        String fileName = found.name().fileName();
        if ((mayGrow && !isStable(fileName, found.size()))
                || Long.valueOf(found.size()).equals(damaged.get(fileName))) {
            return false;
        }
        try {
            files.check(found, name, cluster);
            sizes.remove(fileName);
            damaged.remove(fileName);
            return true;
        } catch (StorageException e) {
            damaged.put(fileName, found.size());
            files.warn(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            files.warn("could not read file \"%s\": %s".formatted(fileName, e.getMessage()));
        }
        return false;
    }

    private void warnOfWrongSize(SegmentName name, SegmentSize size) throws IOException {
        Long wrong = files.wrongSize(name, size).orElse(null);
        if (wrong != null && isStable(name.fileName(size), wrong)) {
            files.warn("segment file \"%s\" has incorrect size %d, skipping".formatted(name.fileName(size), wrong));
        }
    }

    private boolean isStable(String name, long bytes) {
        Long before = sizes.put(name, bytes);
        return before != null && before == bytes;
    }

    /** Returns the history of {@code timeline}; without parents if there is no file. */
    TimelineHistory history(TimelineId timeline) throws IOException {
        byte[] content = files.history(timeline);
        return content == null
                ? TimelineHistory.withoutParents(timeline)
                : TimelineHistory.parse(timeline, ByteBuffer.wrap(content));
    }
}
