// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import java.util.Optional;
import java.util.Set;

/** Segments without a gap. */
final class SegmentRun {
    private SegmentRun() {}

    /** Returns the oldest of the segments from which on none is missing up to {@code end}; empty if the last one is missing. */
    static Optional<Long> oldest(Set<Long> there, Lsn end, SegmentSize size) {
        long oldest = size.segmentNumber(end);
        if (size.offset(end) != 0 && !there.contains(oldest)) {
            return Optional.empty();
        }
        boolean any = size.offset(end) != 0;
        while (there.contains(oldest - 1)) {
            oldest--;
            any = true;
        }
        return any ? Optional.of(oldest) : Optional.empty();
    }
}
