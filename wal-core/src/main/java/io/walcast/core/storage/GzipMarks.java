// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32;

/**
 * The extra field in the header of a gzip file that is being written: how much content there was at the last two flushes, and
 * its checksum.
 *
 * <p>Why: what a machine that dies leaves of the bytes after the last sync may have holes, and deflate decodes zeros to
 * something, most often. The mark of the last sync that was acknowledged is always there, since the next one is written over
 * the one before it; whichever mark fits the content tells how far to go.
 *
 * <pre>
 * 'W' 'C' | length u16 | two marks: bytes u32, CRC-32 of these u32, CRC-32 of the eight bytes before u32
 * </pre>
 *
 * Little-endian, as gzip is.
 */
final class GzipMarks {
    /** Of the whole field, as the header counts it. */
    static final int FIELD_BYTES = 28;

    /** Where the field begins in a file of ours. */
    static final int FIELD_AT = 12;

    private static final byte FIRST_ID = 'W';
    private static final byte SECOND_ID = 'C';
    private static final int HEAD_BYTES = 4;
    private static final int MARK_BYTES = 12;
    private static final int CHECKED_BYTES = 8;
    private static final int COUNT = 2;

    private GzipMarks() {}

    /** The content had that many bytes, with that checksum. */
    record Mark(long bytes, long crc) {}

    /** Puts the field with a first mark: nothing, of which all is there. */
    static void putEmpty(ByteBuffer header) {
        header.put(FIRST_ID).put(SECOND_ID).putShort((short) (FIELD_BYTES - HEAD_BYTES));
        header.put(encode(new Mark(0, 0)));
        header.put(new byte[MARK_BYTES]);
    }

    static SegmentCompressor.Patch patch(int number, Mark mark) {
        return new SegmentCompressor.Patch(FIELD_AT + HEAD_BYTES + number % COUNT * MARK_BYTES, encode(mark));
    }

    private static ByteBuffer encode(Mark mark) {
        ByteBuffer bytes = ByteBuffer.allocate(MARK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0, (int) mark.bytes()).putInt(4, (int) mark.crc());
        return bytes.putInt(CHECKED_BYTES, check(bytes));
    }

    private static int check(ByteBuffer mark) {
        CRC32 crc = new CRC32();
        crc.update(mark.slice(0, CHECKED_BYTES));
        return (int) crc.getValue();
    }

    /** Returns the marks that {@code extra}, all extra fields of a header, holds; the one with the least bytes first. */
    static List<Mark> decode(byte[] extra) {
        List<Mark> marks = new ArrayList<>();
        if (extra.length == FIELD_BYTES && extra[0] == FIRST_ID && extra[1] == SECOND_ID) {
            for (int i = 0; i < COUNT; i++) {
                ByteBuffer mark = ByteBuffer.wrap(extra, HEAD_BYTES + i * MARK_BYTES, MARK_BYTES)
                        .slice()
                        .order(ByteOrder.LITTLE_ENDIAN);
                if (mark.getInt(CHECKED_BYTES) == check(mark)) {
                    marks.add(new Mark(Integer.toUnsignedLong(mark.getInt(0)), Integer.toUnsignedLong(mark.getInt(4))));
                }
            }
        }
        marks.sort(Comparator.comparingLong(Mark::bytes));
        return marks;
    }
}
