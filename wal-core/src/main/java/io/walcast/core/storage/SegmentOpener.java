// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds or makes the file of a segment. */
final class SegmentOpener {
    private final DirectoryLayout layout;
    private final SegmentSize size;
    private final EarlierFiles earlier;

    /** The {@code .partial} files whose bytes this process has seen to disk itself. Shared with the directory. */
    private final Set<String> trusted;

    SegmentOpener(DirectoryLayout layout, SegmentSize size, Set<String> trusted) {
        this.layout = layout;
        this.size = size;
        this.trusted = trusted;
        this.earlier = new EarlierFiles(layout, size, trusted);
    }

    /**
     * Opens the file that the segment has already, or returns null if it has none that can be used.
     *
     * @throws DiskFullException if it has to be written again and there is no room
     */
    @Nullable
    SegmentFile openExisting(SegmentName name) throws IOException {
        Path finished = layout.file(name.fileName(size));
        WalFile file = openFinished(name);
        if (file != null) {
            return new SegmentFile(name, size, "", finished, file, StoredBytes.finished(file, size.bytes()), true);
        }
        SegmentFile compressed = earlier.openFinished(name);
        return compressed == null ? openUnfinished(name) : compressed;
    }

    private @Nullable SegmentFile openUnfinished(SegmentName name) throws IOException {
        Path finished = layout.file(name.fileName(size) + layout.suffix());
        boolean plain = layout.compression == null;
        SegmentFile unfinished = plain ? openPartial(name) : null;
        Optional<FileEntry> entry = layout.regular(finished);
        if (entry.isPresent() && unfinished == null) {
            layout.copyAside(finished, entry.get().size()); // the segment will take its name
        }
        if (unfinished == null && plain) {
            unfinished = openAhead(name);
        }
        if (unfinished != null) {
            compareWithOthers(unfinished);
        }
        return unfinished;
    }

    private void compareWithOthers(SegmentFile segment) throws IOException {
        boolean opened = false;
        try {
            earlier.compare(segment);
            opened = true;
        } finally {
            if (!opened) {
                DirectoryLayout.closeQuietly(segment.file);
            }
        }
    }

    /** Opens what an earlier process had written while the predecessor was unfinished. */
    private @Nullable SegmentFile openAhead(SegmentName name) throws IOException {
        Path path = layout.ahead(name.fileName(size));
        long bytes = layout.regular(path).map(FileEntry::size).orElse(0L);
        if (bytes != size.bytes()) {
            return null;
        }
        layout.rewrite(path, path);
        return openUnfinished(name, path);
    }

    /** Opens the finished segment for reading, or returns null if it is not there, or not of the right size. */
    @Nullable
    WalFile openFinished(SegmentName name) throws IOException {
        Path path = layout.file(name.fileName(size));
        Optional<FileEntry> entry = layout.regular(path);
        if (entry.isEmpty() || entry.get().size() != size.bytes()) {
            return null;
        }
        try {
            return layout.fileSystem.openForReading(path);
        } catch (NoSuchFileException e) {
            return null; // an archiver took it away
        }
    }

    private @Nullable SegmentFile openPartial(SegmentName name) throws IOException {
        String fileName = partial(name);
        Path path = layout.file(fileName);
        long bytes = layout.regular(path).map(FileEntry::size).orElse(0L);
        if (bytes == 0) {
            return null;
        }
        if (bytes != size.bytes()) {
            layout.setAside(path, bytes);
            return null;
        }
        if (!trusted.contains(fileName)) {
            layout.rewrite(path);
        }
        return openUnfinished(name, path);
    }

    private SegmentFile openUnfinished(SegmentName name, Path path) throws IOException {
        WalFile file = layout.fileSystem.open(path);
        boolean opened = false;
        try {
            StoredBytes stored = StoredBytes.unfinished(file, size.bytes());
            opened = true;
            return new SegmentFile(name, size, "", path, file, stored, false);
        } finally {
            if (!opened) {
                DirectoryLayout.closeQuietly(file);
            }
        }
    }

    /** Makes the segment's file under {@code .walcast}: zeros, all of them durable; an empty one if it is compressed. */
    SegmentFile create(SegmentName name) throws IOException {
        Path path = layout.temporary(name.fileName(size) + layout.suffix());
        WalFile file = layout.compression == null
                ? layout.createZeroed(path, size)
                : layout.fileSystem.create(path, layout.mode());
        SegmentFile segment = new SegmentFile(name, size, layout.suffix(), path, file, null, false);
        compareWithOthers(segment);
        return segment;
    }

    /** Makes the segment's file unless it has one, of whatever kind, or there is no room; returns null then. */
    @Nullable
    SegmentFile createIfMissing(SegmentName name) throws IOException {
        String fileName = name.fileName(size);
        if (layout.fileSystem.stat(layout.ahead(fileName)).isPresent()) {
            return null;
        }
        for (String suffix : layout.suffixes()) {
            Path finished = layout.file(fileName + suffix);
            Path partial = layout.file(fileName + suffix + WalFileName.PARTIAL);
            if (layout.fileSystem.stat(finished).isPresent()
                    || layout.fileSystem.stat(partial).isPresent()) {
                return null;
            }
        }
        try {
            return create(name);
        } catch (DiskFullException e) {
            return null;
        }
    }

    /** Compares {@code expected} with the finished segment, if it is still there. */
    void requireSame(SegmentName name, Lsn at, ByteBuffer expected) throws IOException {
        try (WalFile file = openFinished(name)) {
            if (file != null) {
                StoredBytes.requireSame(file, size, expected, at);
            }
        }
    }

    /** Notes that the segment's {@code .partial} is on disk as this process sees it. */
    void trust(SegmentName name) {
        trusted.add(partial(name));
    }

    String partial(SegmentName name) {
        return name.fileName(size) + layout.suffix() + WalFileName.PARTIAL;
    }
}
