// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is done to a receive directory before anything else, so that nothing is acknowledged that an earlier process only
 * believed to be on disk. It may be cut short anywhere, any number of times, and ends in the same state.
 *
 * <ol>
 *   <li>What an earlier process was making in {@code .walcast} is removed; nobody was told of it. So is what it wrote ahead
 *       before or beside the newest segment, for instance on a timeline that was left since: streaming does not come by again;
 *       and what it wrote ahead compressed.
 *   <li>Links and other things that are no files, under a WAL file's name, are refused.
 *   <li>The tail (the newest segment, if it is unfinished; in each format it is there in) is rewritten, see {@link
 *       DirectoryLayout#rewrite}. A plain one that cannot be a segment, by its size, is set aside. If the newest segment is finished and the next one was begun under
 *       {@code .walcast}, that is the tail.
 *   <li>The directory is synced: finished segments were complete on disk before they got their names.
 * </ol>
 */
final class DirectoryRecovery {
    private final DirectoryLayout layout;

    DirectoryRecovery(DirectoryLayout layout) {
        this.layout = layout;
    }

    /** Does all of it; returns the file names of the tail that can be trusted now. */
    List<String> run() throws IOException {
        removeUnfinished();
        checkNames();
        List<String> tail = recoverTail(layout.segments());
        layout.syncDirectory(layout.directory);
        return tail;
    }

    private void removeUnfinished() throws IOException {
        List<WalFileName> segments = layout.segments();
        WalFileName newest = segments.isEmpty() ? null : segments.get(segments.size() - 1);
        for (FileEntry entry : layout.fileSystem.list(layout.own)) {
            String ahead = ahead(entry);
            Optional<WalFileName> segment = ahead == null ? Optional.empty() : WalFileName.parse(ahead);
            boolean overtaken =
                    newest != null && segment.filter(newest::overtakes).isPresent();
            boolean compressed = segment.filter(name -> !name.isPlain()).isPresent();
            if (overtaken || compressed || entry.name().endsWith(DirectoryLayout.TEMPORARY)) {
                layout.fileSystem.delete(layout.own.resolve(entry.name()));
            }
        }
    }

    private void checkNames() throws IOException {
        for (FileEntry entry : layout.fileSystem.list(layout.directory)) {
            String name = entry.name();
            Path path = layout.file(name);
            if (WalFileName.isUnfinishedHistory(name)) {
                layout.fileSystem.delete(path);
            } else if (WalFileName.isHistory(name) || WalFileName.parse(name).isPresent()) {
                DirectoryLayout.requireRegular(path, entry);
            } else if (WalFileName.isSimilar(name)) {
                layout.warn("ignoring file \"" + name + "\": not a WAL file name");
            }
        }
    }

    private List<String> recoverTail(List<WalFileName> segments) throws IOException {
        if (segments.isEmpty()) {
            return List.of();
        }
        WalFileName newest = segments.get(segments.size() - 1);
        if (!newest.partial()) {
            return publishNext(newest).stream().toList();
        }
        List<String> trusted = new ArrayList<>();
        for (WalFileName tail : segments) {
            if (tail.segment().equals(newest.segment()) && tail.partial() && recoverTail(tail)) {
                trusted.add(tail.fileName());
            }
        }
        return trusted;
    }

    /** Gives the segment after {@code newest} its name, if an earlier process had begun it and got no further. */
    private Optional<String> publishNext(WalFileName newest) throws IOException {
        for (FileEntry entry : layout.fileSystem.list(layout.own)) {
            String name = ahead(entry);
            if (name != null && isNext(newest, name, entry.size())) {
                String partial = name + WalFileName.PARTIAL;
                layout.rewrite(layout.ahead(name), layout.file(partial));
                layout.syncDirectory(layout.directory);
                layout.fileSystem.delete(layout.ahead(name));
                return Optional.of(partial);
            }
        }
        return Optional.empty();
    }

    private static boolean isNext(WalFileName newest, String name, long size) {
        if (!LongPageHeader.isSegmentSize(size)) {
            return false;
        }
        SegmentSize segmentSize = new SegmentSize((int) size);
        return newest.segmentName(segmentSize).map(SegmentName::next).equals(SegmentName.parse(name, segmentSize));
    }

    /** Returns the name of the segment of which {@code entry} is the file that was written ahead, or null. */
    private static @Nullable String ahead(FileEntry entry) {
        int end = entry.name().length() - DirectoryLayout.AHEAD.length();
        boolean ahead = entry.isRegular() && end > 0 && entry.name().endsWith(DirectoryLayout.AHEAD);
        return ahead ? entry.name().substring(0, end) : null;
    }

    /** Returns whether the tail can be trusted now. */
    private boolean recoverTail(WalFileName tail) throws IOException {
        Path path = layout.file(tail.fileName());
        long size = layout.regular(path).map(FileEntry::size).orElse(0L);
        if (size == 0) {
            return false;
        }
        if (!tail.isPlain()) {
            layout.rewrite(path);
            return true;
        }
        Optional<ClusterIdentity> header = newestHeader(layout);
        boolean fits = LongPageHeader.isSegmentSize(size)
                && header.map(ClusterIdentity::segmentSize)
                        .map(SegmentSize::bytes)
                        .map(bytes -> bytes == size)
                        .orElse(true);
        if (fits) {
            layout.rewrite(path);
            return true;
        }
        layout.setAside(path, size);
        return false;
    }

    /** Returns the newest long page header in the directory; segments of zeros, and those nobody can read, tell nothing. */
    static Optional<ClusterIdentity> newestHeader(DirectoryLayout layout) throws IOException {
        return newest(layout, LongPageHeader::identity);
    }

    /** Returns what the newest long page header tells whose version is known. */
    static Optional<ServedCluster> newestCluster(DirectoryLayout layout) throws IOException {
        return newest(layout, LongPageHeader::cluster);
    }

    /** Reads something from the first page of a segment. */
    @FunctionalInterface
    private interface HeaderReader<T> {
        Optional<T> read(ByteBuffer header, WalFileName name);
    }

    private static <T> Optional<T> newest(DirectoryLayout layout, HeaderReader<T> reader) throws IOException {
        List<WalFileName> segments = layout.segments();
        for (int i = segments.size() - 1; i >= 0; i--) {
            WalFileName name = segments.get(i);
            Path path = layout.file(name.fileName());
            if (layout.regular(path).isEmpty() || !layout.suffixes().contains(name.compression())) {
                continue;
            }
            try {
                Optional<T> header =
                        reader.read(layout.beginning(path, name.compression(), LongPageHeader.BYTES), name);
                if (header.isPresent()) {
                    return header;
                }
            } catch (NoSuchFileException e) {
                // An archiver took it away.
            }
        }
        return Optional.empty();
    }
}
