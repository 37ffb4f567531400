// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The header of a WAL page ({@code XLogPageHeaderData}, {@code XLogLongPageHeaderData}), little-endian.
 *
 * <pre>
 * offset  0  magic            uint16   which version wrote it
 *         2  info             uint16   flags
 *         4  timeline         uint32   of the first record on the page
 *         8  page address     uint64   where the page is in the WAL
 *        16  remaining length uint32   of a record that began on an earlier page
 *        20  padding          4
 *        24  system           uint64   } with LONG_HEADER only: the first page
 *        32  segment size     uint32   } of a segment
 *        36  block size       uint32   }
 * </pre>
 *
 * <p>Reads fields in place, whatever the byte order of the buffer; allocates nothing. Stateless.
 */
public final class XLogPageHeader {
    /** The size of a WAL page ({@code XLOG_BLCKSZ}). */
    public static final int PAGE_BYTES = 8192;
    /** The size of the header of most pages ({@code SizeOfXLogShortPHD}). */
    public static final int SHORT_BYTES = 24;
    /** The size of the header of a segment's first page ({@code SizeOfXLogLongPHD}). */
    public static final int LONG_BYTES = 40;

    /** The page begins with the rest of a record ({@code XLP_FIRST_IS_CONTRECORD}). */
    public static final int FIRST_IS_CONTRECORD = 0x0001;
    /** The header is a long one ({@code XLP_LONG_HEADER}). */
    public static final int LONG_HEADER = 0x0002;
    /** Full page images from here on may be left out of a backup ({@code XLP_BKP_REMOVABLE}). */
    public static final int BKP_REMOVABLE = 0x0004;
    /** What should have been the rest of a record was replaced ({@code XLP_FIRST_IS_OVERWRITE_CONTRECORD}). */
    public static final int FIRST_IS_OVERWRITE_CONTRECORD = 0x0008;
    /** Every flag there is. */
    public static final int ALL_FLAGS = 0x000F;

    private XLogPageHeader() {}

    /** Returns the magic number of the header at {@code at}. */
    public static int magic(ByteBuffer page, int at) {
        return uint16(page, at);
    }

    /** Returns the flags. */
    public static int info(ByteBuffer page, int at) {
        return uint16(page, at + 2);
    }

    /** Returns whether the given flag is set. */
    public static boolean has(ByteBuffer page, int at, int flag) {
        return (info(page, at) & flag) != 0;
    }

    /** Returns the timeline, to be read as unsigned; a damaged page may say 0. */
    public static int timeline(ByteBuffer page, int at) {
        return int32(page, at + 4);
    }

    /** Returns the page address, to be read as unsigned. */
    public static long pageAddress(ByteBuffer page, int at) {
        return int64(page, at + 8);
    }

    /** Returns how much of an earlier record is left, 0 to 4294967295. */
    public static long remainingLength(ByteBuffer page, int at) {
        return Integer.toUnsignedLong(int32(page, at + 16));
    }

    /** Returns the size of the header, by its flag. */
    public static int bytes(ByteBuffer page, int at) {
        return has(page, at, LONG_HEADER) ? LONG_BYTES : SHORT_BYTES;
    }

    /** Returns the system identifier of a long header, to be read as unsigned. */
    public static long systemIdentifier(ByteBuffer page, int at) {
        return int64(page, at + 24);
    }

    /** Returns the segment size of a long header, to be read as unsigned. */
    public static int segmentSize(ByteBuffer page, int at) {
        return int32(page, at + 32);
    }

    /** Returns the page size of a long header, to be read as unsigned. */
    public static int blockSize(ByteBuffer page, int at) {
        return int32(page, at + 36);
    }

    /** Returns whether a short header's bytes are all zero: a page after a segment switch, or one never written. */
    static boolean isZero(ByteBuffer page, int at) {
        return (page.getLong(at) | page.getLong(at + 8) | page.getLong(at + 16)) == 0;
    }

    private static int uint16(ByteBuffer page, int at) {
        short value = page.getShort(at);
        return Short.toUnsignedInt(isLittleEndian(page) ? value : Short.reverseBytes(value));
    }

    private static int int32(ByteBuffer page, int at) {
        int value = page.getInt(at);
        return isLittleEndian(page) ? value : Integer.reverseBytes(value);
    }

    private static long int64(ByteBuffer page, int at) {
        long value = page.getLong(at);
        return isLittleEndian(page) ? value : Long.reverseBytes(value);
    }

    private static boolean isLittleEndian(ByteBuffer page) {
        return page.order() == ByteOrder.LITTLE_ENDIAN;
    }
}
