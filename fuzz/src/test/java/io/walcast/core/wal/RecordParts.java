// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;

/** Looks at every part of a record, and that they fill it. Stateless. */
final class RecordParts {
    private RecordParts() {}

    /** Returns a number that depends on all parts of the record. */
    static long of(XLogRecord record) {
        long hash = record.toString().hashCode();
        int payload = record.mainData().remaining();
        hash = 31 * hash + record.mainData().hashCode();
        for (BlockReference block : record.blocks()) {
            ByteBuffer image = record.imageOf(block);
            ByteBuffer data = record.dataOf(block);
            payload += image.remaining() + data.remaining();
            hash = 31 * hash + image.hashCode();
            hash = 31 * hash + data.hashCode();
            hash = 31 * hash + block.hashCode();
        }
        assertThat(payload).isLessThanOrEqualTo(record.totalLength() - XLogRecord.HEADER_BYTES);
        assertThat(record.bytes().remaining()).isEqualTo(record.totalLength());
        assertThat(record.bytes().isReadOnly()).isTrue();
        return 31 * hash + record.bytes().hashCode();
    }
}
