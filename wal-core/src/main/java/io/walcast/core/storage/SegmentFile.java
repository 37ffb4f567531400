// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A segment being written. Under {@code .walcast} first, as {@code NAME.next} while its predecessor is unfinished; as
 * {@code NAME.partial} while it is the oldest unfinished one; as {@code NAME} in the end.
 */
final class SegmentFile {
    final SegmentName name;
    final String fileName;
    final long start;
    final long end;
    final WalFile file;

    /** What the file held before; null if it was made anew. */
    final @Nullable StoredBytes stored;

    /** Whether the file had its final name when it was opened. */
    final boolean alreadyFinished;

    /** Where the file is. Receiver thread, then flusher thread, under the writer's lock. */
    private Path path;

    /** Whether the name it has now is durable. As {@link #path}. */
    private boolean nameDurable;

    SegmentFile(
            SegmentName name,
            SegmentSize size,
            Path path,
            WalFile file,
            @Nullable StoredBytes stored,
            boolean alreadyFinished) {
        this.name = name;
        this.fileName = name.fileName(size);
        this.start = name.segmentNumber() * size.bytes();
        this.end = start + size.bytes();
        this.path = path;
        this.file = file;
        this.stored = stored;
        this.alreadyFinished = alreadyFinished;
        this.nameDurable = stored != null;
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

    /** Returns how many bytes, from {@code offset} on, have to be compared and not just written. */
    int toCompare(int offset) {
        return stored == null ? 0 : Math.max(0, stored.end() - offset);
    }
}
