// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.postgres;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compares a directory of received WAL with a server's own, byte by byte.
 *
 * <p>A finished segment must equal the server's whole. A {@code .partial} must equal it up to where its timeline was left,
 * which the server's history files tell, or else up to the position asked for. There must be no gap, and the position
 * asked for must be covered. What the server no longer has under that name is not compared; history files are.
 */
public final class WalFiles {
    private static final String PARTIAL = ".partial";
    private static final String HISTORY = ".history";

    private final Path received;
    private final Path served;
    private final SegmentSize size;
    private final List<String> differences = new ArrayList<>();
    private final Map<TimelineId, Lsn> timelineEnds = new HashMap<>();
    private int segments;
    private int notHeld;
    private long bytes;

    private WalFiles(Path received, Path served, SegmentSize size) {
        this.received = received;
        this.served = served;
        this.size = size;
    }

    /**
     * Compares {@code received} with the WAL of {@code server}, which runs, up to {@code upTo} on its timeline. The server
     * may write meanwhile.
     */
    public static Comparison compare(Path received, PostgresServer server, Lsn upTo) {
        return compare(received, server.walDirectory(), server.segmentSize(), server.timeline(), upTo);
    }

    /** Compares {@code received} with {@code served}, two directories of WAL, up to {@code upTo} on {@code timeline}. */
    public static Comparison compare(Path received, Path served, SegmentSize size, TimelineId timeline, Lsn upTo) {
        WalFiles comparison = new WalFiles(received, served, size);
        try {
            return comparison.compare(timeline, upTo);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Comparison compare(TimelineId timeline, Lsn upTo) throws IOException {
        readHistories();
        Map<SegmentKey, Path> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(received)) {
            for (Path file : all.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(HISTORY)) {
                    compareHistory(name);
                }
                SegmentKey key = SegmentKey.of(name, size);
                // Sorted, so a finished segment hides a stale partial of its own; that one is not compared.
                if (key != null && !(key.isPartial() && files.containsKey(key.finished()))) {
                    files.put(key, file);
                }
            }
        }
        compareSegments(files, timeline, upTo);
        return new Comparison(segments, notHeld, bytes, List.copyOf(differences));
    }

    private void compareSegments(Map<SegmentKey, Path> files, TimelineId timeline, Lsn upTo) throws IOException {
        SegmentKey previous = null;
        Lsn end = Lsn.INVALID;
        for (Map.Entry<SegmentKey, Path> entry : files.entrySet()) {
            SegmentKey key = entry.getKey();
            requireNoGap(previous, key);
            Lsn limit = limit(key, timeline, upTo);
            compareSegment(entry.getValue(), key, limit);
            if (key.segment().timeline().equals(timeline)) {
                end = Lsn.max(end, limit);
            }
            previous = key;
        }
        if (end.isBefore(upTo)) {
            differences.add("timeline %s: received up to %s (expected: %s)".formatted(timeline, end, upTo));
        }
    }

    /**
     * On its way to a new timeline a receiver begins again with the segment that holds the switch, which may lie well before
     * the end of what it holds: a primary can die within a record of many segments, which no timeline continues.
     */
    private void requireNoGap(@Nullable SegmentKey previous, SegmentKey key) {
        if (previous == null) {
            return;
        }
        long before = previous.segment().segmentNumber();
        long now = key.segment().segmentNumber();
        boolean sameTimeline =
                previous.segment().timeline().equals(key.segment().timeline());
        boolean follows = sameTimeline ? now == before + 1 : now <= before + 1;
        if (!follows) {
            differences.add("gap between %s and %s".formatted(previous.name(size), key.name(size)));
        } else if (sameTimeline && previous.isPartial()) {
            differences.add("%s is not finished, but %s follows".formatted(previous.name(size), key.name(size)));
        }
    }

    /** Returns the end of what counts in the file. */
    private Lsn limit(SegmentKey key, TimelineId timeline, Lsn upTo) {
        Lsn start = key.segment().start(size);
        Lsn segmentEnd = start.plus(size.bytes());
        if (!key.isPartial()) {
            return segmentEnd;
        }
        Lsn timelineEnd = key.segment().timeline().equals(timeline)
                ? upTo
                : timelineEnds.getOrDefault(key.segment().timeline(), upTo);
        return Lsn.max(start, Lsn.min(timelineEnd, segmentEnd));
    }

    private void compareSegment(Path file, SegmentKey key, Lsn limit) throws IOException {
        long length = limit.minus(key.segment().start(size));
        long actual = Files.size(file);
        if (key.isPartial() ? actual < length : actual != size.bytes()) {
            differences.add("%s: %d bytes (expected: %d)".formatted(file.getFileName(), actual, length));
            return;
        }
        Path own = own(key);
        Object before = fileKey(own);
        try (FileChannel left = FileChannel.open(file);
                FileChannel right = FileChannel.open(own)) {
            long mismatch = Contents.mismatch(left, right, length);
            if (mismatch >= 0 && !Objects.equals(before, fileKey(own))) {
                notHeld++;
                return;
            }
            segments++;
            bytes += mismatch < 0 ? length : mismatch;
            if (mismatch >= 0) {
                differences.add("%s: differs at offset %d, position %s"
                        .formatted(
                                file.getFileName(),
                                mismatch,
                                key.segment().start(size).plus(mismatch)));
            }
        } catch (NoSuchFileException e) {
            notHeld++;
        }
    }

    /** A server that left a timeline renames its last segment there. */
    private Path own(SegmentKey key) {
        Path own = served.resolve(key.segment().fileName(size));
        Path ownPartial = served.resolve(key.segment().fileName(size) + PARTIAL);
        return !Files.exists(own) && key.isPartial() ? ownPartial : own;
    }

    /** A segment that the server recycles under our hands keeps its file, but loses its name. */
    private static @Nullable Object fileKey(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private void compareHistory(String name) throws IOException {
        Path own = served.resolve(name);
        if (Files.exists(own)) {
            long mismatch = Files.mismatch(received.resolve(name), own);
            if (mismatch >= 0) {
                differences.add("%s: differs at offset %d".formatted(name, mismatch));
            }
            bytes += Files.size(own);
        }
    }

    /** Learns from the history files where each timeline was left. */
    private void readHistories() throws IOException {
        try (Stream<Path> all = Files.list(served)) {
            List<Path> histories = all.filter(file -> file.toString().endsWith(HISTORY))
                    .sorted()
                    .toList();
            for (Path history : histories) {
                for (String line : Files.readAllLines(history)) {
                    String[] columns = line.strip().split("\\s+", -1);
                    if (columns.length >= 2 && columns[0].matches("\\d+")) {
                        timelineEnds.put(TimelineId.parse(columns[0]), Lsn.parse(columns[1]));
                    }
                }
            }
        }
    }

    /**
     * What a comparison found.
     *
     * @param segments how many segment files were compared
     * @param notHeld how many could not be, as the server has them no more
     * @param bytes how many bytes were compared
     * @param differences what is wrong, in words; empty if nothing is
     */
    public record Comparison(int segments, int notHeld, long bytes, List<String> differences) {
        /** Returns whether nothing is wrong. */
        public boolean isEqual() {
            return differences.isEmpty();
        }
    }
}
