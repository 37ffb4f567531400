// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal.rmgr;

/**
 * What other backends must forget ({@code SharedInvalidationMessage}): 16 bytes each.
 *
 * @param record where they are
 * @param at the first one
 * @param count how many there are
 */
record Invalidations(RecordFields record, int at, int count) {
    static final int BYTES = 16;

    void appendInitFile(boolean isInvalid, long database, long tablespace, StringBuilder out) {
        if (isInvalid && count > 0) {
            out.append("; relcache init file inval dbid ").append(database);
            out.append(" tsid ").append(tablespace);
        }
    }

    void append(StringBuilder out) {
        if (count <= 0) {
            return;
        }
        out.append("; inval msgs:");
        for (int i = 0; i < count; i++) {
            append(at + BYTES * i, out);
        }
    }

    private void append(int message, StringBuilder out) {
        int id = (byte) record.uint8(message);
        long relation = record.uint32(message + 8);
        switch (id) {
            case -1 -> out.append(" catalog ").append(relation);
            case -2 -> out.append(" relcache ").append(relation);
            case -3 -> out.append(" smgr");
            case -4 -> out.append(" relmap db ").append(record.uint32(message + 4));
            case -5 -> out.append(" snapshot ").append(relation);
            case -6 -> out.append(" relsync ").append(relation);
            default -> out.append(id >= 0 ? " catcache " : " unrecognized id ").append(id);
        }
    }
}
