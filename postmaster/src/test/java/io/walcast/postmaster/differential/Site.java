// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.differential;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;

/**
 * What the cases need to know of the WAL that both sides have. Timeline 2 follows timeline 1; both sides hold the segment
 * before the switch.
 *
 * @param flush up to where both are
 * @param switchPoint where timeline 1 ends
 * @param size of segments
 * @param old a position in a segment that neither holds any more
 */
record Site(Lsn flush, Lsn switchPoint, SegmentSize size, Lsn old) {

    /** Returns where the segment of the flush position starts. */
    Lsn segmentStart() {
        return size.startOfSegment(flush);
    }

    /** Returns a position so many bytes after {@code lsn}, before it if negative. */
    static Lsn at(Lsn lsn, long bytes) {
        return new Lsn(lsn.value() + bytes);
    }
}
