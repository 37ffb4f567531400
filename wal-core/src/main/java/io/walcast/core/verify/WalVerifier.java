// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.core.storage.PosixFileSystem;
import io.walcast.core.storage.WalFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Reads all WAL in a directory and tells what is wrong with it.
 *
 * <p>Each segment is read by itself, with the records that begin in it; then the segments of each timeline are put together.
 * So the result does not depend on how many are read at once. Files may come and go meanwhile.
 *
 * <p>Threading: one call at a time; it starts and ends threads of its own.
 */
public final class WalVerifier {
    private final WalFileSystem fileSystem;
    private final Path directory;
    private final VerifyOptions options;
    private final VerifyProgress progress;

    /** Prepares to verify {@code directory} on the given file system. */
    public WalVerifier(WalFileSystem fileSystem, Path directory, VerifyOptions options, VerifyProgress progress) {
        this.fileSystem = requireNonNull(fileSystem, "fileSystem");
        this.directory = requireNonNull(directory, "directory");
        this.options = requireNonNull(options, "options");
        this.progress = requireNonNull(progress, "progress");
    }

    /**
     * Reads the WAL in {@code directory}.
     *
     * @throws StorageException with SQLSTATE 58P01 if there is none, else if the directory cannot be read
     */
    public static WalReport verify(Path directory, VerifyOptions options, VerifyProgress progress) {
        return new WalVerifier(new PosixFileSystem(), directory, options, progress).run();
    }

    /**
     * Reads all there is.
     *
     * @throws StorageException with SQLSTATE 58P01 if there is no WAL, else if the directory cannot be read
     */
    public WalReport run() {
        try {
            return read();
        } catch (IOException e) {
            throw new StorageException("could not read directory \"" + directory + "\": " + e.getMessage(), e);
        }
    }

    private WalReport read() throws IOException {
        WalInventory inventory = WalInventory.of(fileSystem, directory, options);
        if (inventory == null) {
            throw nothing("no WAL segment found in directory \"" + directory + "\"");
        }
        StoredTimelines stored = StoredTimelines.read(fileSystem, directory, options.decompressors());
        List<StoredSegment> selected = select(inventory, stored);
        if (selected.isEmpty()) {
            throw nothing("directory \"" + directory + "\" holds no WAL segment of the range that was asked for");
        }
        Map<StoredSegment, SegmentResult> results =
                new SegmentScans(inventory, stored, options.jobs(), progress).run(selected);
        List<TimelineReport> reports = new ArrayList<>();
        List<String> warnings = new ArrayList<>(inventory.warnings());
        TimelineId newest = selected.get(selected.size() - 1).name().timeline();
        for (TimelineId timeline : inventory.timelines().keySet()) {
            List<SegmentResult> own = selected.stream()
                    .filter(segment -> segment.name().timeline().equals(timeline))
                    .map(results::get)
                    .toList();
            if (!own.isEmpty()) {
                TimelineCheck check = new TimelineCheck(inventory, stored, options, timeline, results);
                reports.add(check.run(own, timeline.equals(newest)));
                warnings.addAll(check.warnings());
            }
        }
        stored.problems().forEach((timeline, problems) -> {
            boolean told = reports.stream().anyMatch(report -> report.timeline().equals(timeline));
            if (!told && isWanted(timeline, stored)) {
                reports.add(new TimelineReport(timeline, null, 0, 0, null, problems));
            }
        });
        reports.sort(Comparator.comparing(TimelineReport::timeline));
        SegmentOrigin origin = inventory.origin();
        return new WalReport(origin.systemIdentifier(), origin.version(), origin.segmentSize(), reports, warnings);
    }

    /** Returns the segments in range, by timeline and number. */
    private List<StoredSegment> select(WalInventory inventory, StoredTimelines stored) {
        List<StoredSegment> selected = new ArrayList<>();
        inventory.timelines().forEach((timeline, segments) -> {
            if (isWanted(timeline, stored)) {
                segments.values().stream().filter(this::isInRange).forEach(selected::add);
            }
        });
        return selected;
    }

    private boolean isWanted(TimelineId timeline, StoredTimelines stored) {
        TimelineId wanted = options.timeline();
        if (wanted == null || wanted.equals(timeline)) {
            return true;
        }
        TimelineHistory history = stored.history(wanted);
        return history != null && history.contains(timeline);
    }

    private boolean isInRange(StoredSegment segment) {
        Lsn start = options.start();
        Lsn end = options.end();
        return (start == null || new Lsn(segment.end()).isAfter(start))
                && (end == null || new Lsn(segment.start()).isBefore(end));
    }

    private static StorageException nothing(String message) {
        return new StorageException(SqlState.UNDEFINED_FILE, message, null);
    }
}
