// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import static java.util.Objects.requireNonNull;

import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.storage.FileEntry;
import io.walcast.core.storage.WalFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which segments there are in a directory, and the file that each is read from: a finished one rather than an unfinished one,
 * a plain one rather than a compressed one. Immutable.
 */
final class WalInventory {
    private final WalFileSystem fileSystem;
    private final Path directory;
    private final SegmentOrigin origin;
    private final NavigableMap<TimelineId, NavigableMap<Long, StoredSegment>> timelines = new TreeMap<>();
    private final List<String> warnings = new ArrayList<>();

    private WalInventory(WalFileSystem fileSystem, Path directory, SegmentOrigin origin) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.origin = origin;
    }

    /** Returns what is in the directory, or null if no file there tells of which cluster it is. */
    static @Nullable WalInventory of(WalFileSystem fileSystem, Path directory, VerifyOptions options)
            throws IOException {
        List<WalFileEntry> files = new ArrayList<>();
        List<String> odd = new ArrayList<>();
        for (FileEntry entry : fileSystem.list(directory)) {
            WalFileEntry file = WalFileEntry.of(entry, options.decompressors()).orElse(null);
            if (file != null && entry.isRegular()) {
                files.add(file);
            } else if (file != null) {
                odd.add("file \"" + entry.name() + "\" is not a regular file, skipping");
            }
        }
        files.sort(null);
        SegmentOrigin origin = SegmentOrigin.find(fileSystem, directory, files);
        if (origin == null) {
            return null;
        }
        WalInventory inventory = new WalInventory(fileSystem, directory, origin);
        inventory.warnings.addAll(odd);
        files.forEach(inventory::add);
        return inventory;
    }

    private void add(WalFileEntry file) {
        SegmentName name =
                SegmentName.parse(file.segment(), origin.segmentSize()).orElse(null);
        if (name == null) {
            warnings.add("file \"" + file.fileName() + "\" has no name of a segment of " + origin.segmentSize()
                    + ", skipping");
            return;
        }
        StoredSegment segment = StoredSegment.of(name, file, origin.segmentSize());
        StoredSegment better = timelines
                .computeIfAbsent(name.timeline(), timeline -> new TreeMap<>())
                .putIfAbsent(name.segmentNumber(), segment);
        if (better != null) {
            warnings.add("file \"" + file.fileName() + "\" is not read: there is \""
                    + better.file().fileName() + "\"");
        }
    }

    SegmentOrigin origin() {
        return origin;
    }

    SegmentSize segmentSize() {
        return origin.segmentSize();
    }

    List<String> warnings() {
        return warnings;
    }

    NavigableMap<TimelineId, NavigableMap<Long, StoredSegment>> timelines() {
        return timelines;
    }

    /** Returns the segments of one timeline by number. */
    NavigableMap<Long, StoredSegment> segments(TimelineId timeline) {
        return requireNonNull(timelines.getOrDefault(timeline, new TreeMap<>()));
    }

    @Nullable
    StoredSegment find(TimelineId timeline, long segmentNumber) {
        return segments(timeline).get(segmentNumber);
    }

    SegmentBytes open(StoredSegment segment) throws IOException {
        return SegmentBytes.open(fileSystem, directory, segment);
    }

    Path directory() {
        return directory;
    }

    WalFileSystem fileSystem() {
        return fileSystem;
    }
}
