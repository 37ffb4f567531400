// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;

/**
 * A segment, and the file it is read from.
 *
 * @param name which segment
 * @param start its first position
 * @param end the first position after it
 * @param file the file
 */
record StoredSegment(SegmentName name, long start, long end, WalFileEntry file) {
    StoredSegment {
        requireNonNull(name, "name");
        requireNonNull(file, "file");
    }

    static StoredSegment of(SegmentName name, WalFileEntry file, SegmentSize size) {
        long start = name.start(size).value();
        return new StoredSegment(name, start, start + size.bytes(), file);
    }

    boolean contains(Lsn lsn) {
        return Long.compareUnsigned(start, lsn.value()) <= 0 && Long.compareUnsigned(lsn.value(), end) < 0;
    }
}
