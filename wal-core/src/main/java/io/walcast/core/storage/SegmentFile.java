// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A segment being written. Under {@code .walcast} first, as {@code NAME.next} while its predecessor is unfinished; as
 * {@code NAME.partial} while it is the oldest unfinished one; as {@code NAME} in the end.
 */
final class SegmentFile {
    final SegmentName name;
    final String fileName;
    private final boolean plain;
    final long start;
    final long end;
    final WalFile file;

    /** What the file held before; null if it was made anew. */
    final @Nullable StoredBytes stored;

    /** Whether the file had its final name when it was opened. */
    final boolean alreadyFinished;

    /** What other files hold of the segment. Receiver thread. */
    private List<EarlierBytes> earlier = List.of();

    /** Set before the file is among those written to. */
    private int replaces;

    /** Where the file is. Receiver thread, then flusher thread, under the writer's lock. */
    private Path path;

    /** Whether the name it has now is durable. As {@link #path}. */
    private boolean nameDurable;

    SegmentFile(
            SegmentName name,
            SegmentSize size,
            String suffix,
            Path path,
            WalFile file,
            @Nullable StoredBytes stored,
            boolean alreadyFinished) {
        this.name = name;
        this.fileName = name.fileName(size) + suffix;
        this.plain = suffix.isEmpty();
        this.start = name.segmentNumber() * size.bytes();
        this.end = start + size.bytes();
        this.path = path;
        this.file = file;
        this.stored = stored;
        this.alreadyFinished = alreadyFinished;
        this.nameDurable = stored != null;
    }

    /**
     * Before the first byte: sets what other files hold of the segment.
     *
     * @param files to be compared with, and closed
     * @param replacedBytes how many bytes the file holds that has the name which this one is to take, 0 if there is none
     */
    void compareWith(List<EarlierBytes> files, int replacedBytes) {
        earlier = files;
        replaces = replacedBytes;
    }

    boolean isPlain() {
        return plain;
    }

    Path path() {
        return path;
    }

    void moved(Path newPath) {
        path = newPath;
        nameDurable = false;
    }

    boolean isNameDurable() {
        return nameDurable;
    }

    void nameIsDurable() {
        nameDurable = true;
    }

    /** Returns how many bytes, from {@code offset} on, are to be treated alike: compared with the same files, or with none. */
    int alike(int offset) {
        int alike = (int) (end - start) - offset;
        if (stored != null && stored.end() > offset) {
            alike = Math.min(alike, stored.end() - offset);
        }
        for (EarlierBytes other : earlier) {
            if (other.end() > offset) {
                alike = Math.min(alike, other.end() - offset);
            }
        }
        return alike;
    }

    /** Compares {@code incoming} with the other files that hold bytes at {@code offset}; consumes nothing. */
    void compare(ByteBuffer incoming, int offset) throws IOException {
        for (EarlierBytes other : earlier) {
            if (other.end() > offset) {
                other.compare(incoming, offset, new Lsn(start + offset));
            }
        }
    }

    /** Returns whether the file whose name this one is to take while it is unfinished holds more than up to {@code upto}. */
    boolean mustWait(long upto) {
        return replaces > 0 && upto - start < replaces;
    }

    void closeEarlier() {
        earlier.forEach(DirectoryLayout::closeQuietly);
    }
}
