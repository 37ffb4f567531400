// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal.rmgr;

import io.walcast.core.wal.WalVersion;

/**
 * Statistics that go with what a transaction drops ({@code xl_xact_stats_item}): kind int32, database uint32, object uint32; in
 * 18 and later the object's upper half follows.
 *
 * @param record where they are
 * @param at the first one
 * @param count how many there are
 */
record DroppedStatistics(RecordFields record, int at, int count) {

    static int bytes(WalVersion version) {
        return hasLongObjects(version) ? 16 : 12;
    }

    void append(String label, StringBuilder out) {
        if (count <= 0) {
            return;
        }
        out.append("; ").append(label).append("dropped stats:");
        boolean hasLongObjects = hasLongObjects(record.version());
        for (int i = 0; i < count; i++) {
            int item = at + bytes(record.version()) * i;
            long upper = hasLongObjects ? record.uint32(item + 12) : 0;
            out.append(' ').append(record.int32(item));
            out.append('/').append(record.uint32(item + 4));
            out.append('/').append(Long.toUnsignedString(upper << 32 | record.uint32(item + 8)));
        }
    }

    private static boolean hasLongObjects(WalVersion version) {
        return version.compareTo(WalVersion.V18) >= 0;
    }
}
