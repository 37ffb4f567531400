// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Opens what the directory holds of a segment in other files than the one that is written. A compressed file is never gone on
 * with: a new one is made from the stream, and takes the name of the old one when it has as much.
 *
 * <p>Threading: the receiver thread.
 */
final class EarlierFiles {
    private final DirectoryLayout layout;
    private final SegmentSize size;
    private final Set<String> trusted;

    EarlierFiles(DirectoryLayout layout, SegmentSize size, Set<String> trusted) {
        this.layout = layout;
        this.size = size;
        this.trusted = trusted;
    }

    /**
     * Has {@code segment} compared with all unfinished files of it but one that it goes on with itself.
     *
     * @throws DiskFullException if one has to be written again and there is no room
     */
    void compare(SegmentFile segment) throws IOException {
        List<EarlierBytes> files = new ArrayList<>();
        int replaced = 0;
        boolean opened = false;
        try {
            for (String suffix : layout.suffixes()) {
                EarlierBytes found = segment.isPlain() && suffix.isEmpty() ? null : openPartial(segment.name, suffix);
                if (found != null) {
                    files.add(found);
                    replaced = suffix.equals(layout.suffix()) ? found.end() : replaced;
                }
            }
            opened = true;
        } finally {
            if (!opened) {
                files.forEach(DirectoryLayout::closeQuietly);
            }
        }
        segment.compareWith(files, replaced);
    }

    private @Nullable EarlierBytes openPartial(SegmentName name, String suffix) throws IOException {
        String fileName = name.fileName(size) + suffix + WalFileName.PARTIAL;
        Path path = layout.file(fileName);
        long bytes = layout.regular(path).map(FileEntry::size).orElse(0L);
        if (bytes == 0 || (suffix.isEmpty() && bytes != size.bytes())) {
            return null;
        }
        if (!trusted.contains(fileName)) {
            layout.rewrite(path);
            trusted.add(fileName);
        }
        int end = (int) Math.min(size.bytes(), reliableBytes(path, suffix));
        return end == 0 ? null : new EarlierBytes(layout.content(path, suffix), end, suffix.isEmpty());
    }

    private long reliableBytes(Path path, String suffix) throws IOException {
        if (!suffix.isEmpty()) {
            return layout.reliableBytes(path, suffix);
        }
        try (WalFile plain = layout.fileSystem.openForReading(path)) {
            return StoredBytes.end(plain, size.bytes());
        }
    }

    /** Opens the finished segment if it is there, compressed and of full size; it is only compared with. */
    @Nullable
    SegmentFile openFinished(SegmentName name) throws IOException {
        for (String suffix : layout.suffixes()) {
            String fileName = name.fileName(size) + suffix;
            Path path = layout.file(fileName);
            try {
                if (!suffix.isEmpty()
                        && layout.regular(path).isPresent()
                        && layout.wholeBytes(path, suffix).equals(Optional.of((long) size.bytes()))) {
                    WalFile file = layout.fileSystem.openForReading(path);
                    SegmentFile segment = new SegmentFile(name, size, suffix, path, file, null, true);
                    segment.compareWith(
                            List.of(new EarlierBytes(layout.content(path, suffix), size.bytes(), false)), 0);
                    return segment;
                }
            } catch (NoSuchFileException e) {
                // an archiver took it away
            }
        }
        return null;
    }
}
