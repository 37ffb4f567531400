// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import static java.util.Objects.requireNonNull;

import io.walcast.core.SegmentName;
import io.walcast.core.storage.FileEntry;
import io.walcast.core.storage.SegmentDecompressor;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file that holds a segment or its beginning. Ordered by segment, the best one of each first.
 *
 * @param fileName its name
 * @param segment the 24 digits
 * @param decompressor what reads it, or null if it is plain
 * @param partial whether it is unfinished
 * @param size its size on disk
 */
record WalFileEntry(
        String fileName, String segment, @Nullable SegmentDecompressor decompressor, boolean partial, long size)
        implements Comparable<WalFileEntry> {
    private static final String PARTIAL = ".partial";
    private static final Comparator<WalFileEntry> ORDER = Comparator.comparing(WalFileEntry::segment)
            .thenComparing(WalFileEntry::partial)
            .thenComparing(file -> !file.isPlain())
            .thenComparing(WalFileEntry::fileName);

    WalFileEntry {
        requireNonNull(fileName, "fileName");
        requireNonNull(segment, "segment");
    }

    /** Returns the file of a directory's entry, or empty if its name is no segment's, or of a compression not known. */
    static Optional<WalFileEntry> of(FileEntry entry, List<SegmentDecompressor> decompressors) {
        String name = entry.name();
        boolean partial = name.endsWith(PARTIAL);
        String rest = partial ? name.substring(0, name.length() - PARTIAL.length()) : name;
        SegmentDecompressor decompressor = null;
        for (SegmentDecompressor known : decompressors) {
            if (rest.endsWith(known.suffix())) {
                decompressor = known;
                rest = rest.substring(0, rest.length() - known.suffix().length());
                break;
            }
        }
        return isSegment(rest)
                ? Optional.of(new WalFileEntry(name, rest, decompressor, partial, entry.size()))
                : Optional.empty();
    }

    private static boolean isSegment(String text) {
        return text.length() == SegmentName.LENGTH
                && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'))
                && !text.startsWith("00000000");
    }

    boolean isPlain() {
        return decompressor == null;
    }

    @Override
    public int compareTo(WalFileEntry other) {
        return ORDER.compare(this, other);
    }
}
