// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import io.walcast.core.Lsn;
import io.walcast.core.wal.XLogPageHeader;

/**
 * Sound records, each following the one before, that begin in one segment.
 *
 * @param first where the first one begins
 * @param firstPrevious the one it says to follow
 * @param last where the last one begins
 * @param next where the one after them would begin, perhaps behind a page header
 * @param records how many
 * @param anchored whether the first is the one that the segment's first page leads to
 */
record Stretch(Lsn first, Lsn firstPrevious, Lsn last, Lsn next, long records, boolean anchored) {

    /** Returns whether {@code other} follows without anything between. */
    boolean leadsTo(Stretch other) {
        long distance = other.first.value() - next.value();
        boolean adjoins = distance == 0
                || (isPageStart(next)
                        && (distance == XLogPageHeader.SHORT_BYTES || distance == XLogPageHeader.LONG_BYTES));
        return adjoins && other.firstPrevious.equals(last);
    }

    private static boolean isPageStart(Lsn lsn) {
        return lsn.value() % XLogPageHeader.PAGE_BYTES == 0;
    }
}
