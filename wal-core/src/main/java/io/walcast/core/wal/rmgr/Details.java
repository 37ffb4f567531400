// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal.rmgr;

/** Says what is in one kind of record. */
interface Details {

    /** What has nothing to say. */
    Details NONE = (record, out) -> {};

    /**
     * Appends the text.
     *
     * @throws IndexOutOfBoundsException if the record is shorter than such a record is
     */
    void append(RecordFields record, StringBuilder out);
}
