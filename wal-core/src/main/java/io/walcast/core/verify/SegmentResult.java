// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What was found in one segment.
 *
 * @param segment which
 * @param stretches sound records that begin in it; more than one if there is damage between
 * @param problems what is wrong with its file, its page headers and the bytes between records
 * @param hasPage whether any page is one of this segment; if none is, the file may be a spare one
 */
record SegmentResult(StoredSegment segment, List<Stretch> stretches, List<WalProblem> problems, boolean hasPage) {
    SegmentResult {
        requireNonNull(segment, "segment");
        stretches = List.copyOf(stretches);
        problems = List.copyOf(problems);
    }

    long records() {
        return stretches.stream().mapToLong(Stretch::records).sum();
    }

    /** Returns the last sound record's stretch that the first page leads to, if any does. */
    boolean isAnchored() {
        return !stretches.isEmpty() && stretches.get(0).anchored();
    }
}
