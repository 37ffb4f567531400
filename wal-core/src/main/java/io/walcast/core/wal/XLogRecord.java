// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import io.walcast.core.Lsn;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * One record of the WAL ({@code XLogRecord}, {@code DecodedXLogRecord}), little-endian.
 *
 * <pre>
 * offset  0  total length     uint32
 *         4  transaction      uint32
 *         8  previous record  uint64
 *        16  info             uint8    upper half: the resource manager's
 *        17  resource manager uint8
 *        18  padding          2
 *        20  checksum         uint32   CRC-32C of bytes 24 to the end, then 0 to 20
 *        24  headers of blocks and data, then the blocks' images and data, then the main data
 * </pre>
 *
 * <p>The bytes are borrowed: lent until the reader's next call. One owner thread.
 */
public final class XLogRecord {
    /** The size of a record's fixed part ({@code SizeOfXLogRecord}). */
    public static final int HEADER_BYTES = 24;

    /** Resource manager {@code XLOG}. */
    public static final int RM_XLOG = 0;

    static final int AT_TRANSACTION = 4;
    static final int AT_PREVIOUS = 8;
    static final int AT_INFO = 16;
    static final int AT_RESOURCE_MANAGER = 17;
    static final int AT_CHECKSUM = 20;

    private static final int RESOURCE_MANAGER_INFO = 0xF0;
    private static final int XLOG_SWITCH = 0x40;

    private final Lsn start;
    private final Lsn end;
    private final ByteBuffer bytes;
    private final List<BlockReference> blocks;
    private final int payloadOffset;
    private final int mainDataLength;
    private final int origin;

    XLogRecord(
            Lsn start,
            Lsn end,
            ByteBuffer bytes,
            List<BlockReference> blocks,
            int payloadOffset,
            int mainDataLength,
            int origin) {
        this.start = start;
        this.end = end;
        this.bytes = bytes;
        this.blocks = blocks;
        this.payloadOffset = payloadOffset;
        this.mainDataLength = mainDataLength;
        this.origin = origin;
    }

    /** Returns where the record begins. */
    public Lsn start() {
        return start;
    }

    /** Returns where the next record may begin; after a segment switch, the start of the next segment. */
    public Lsn end() {
        return end;
    }

    /** Returns the length without what page headers it runs across. */
    public int totalLength() {
        return bytes.capacity();
    }

    /** Returns the transaction, to be read as unsigned, or 0. */
    public int transaction() {
        return bytes.getInt(AT_TRANSACTION);
    }

    /** Returns where the record before this one begins. */
    public Lsn previous() {
        return new Lsn(bytes.getLong(AT_PREVIOUS));
    }

    /** Returns what kind of record of its resource manager this is: the upper half of the info byte. */
    public int kind() {
        return bytes.get(AT_INFO) & RESOURCE_MANAGER_INFO;
    }

    /** Returns the number of the resource manager that understands the record. */
    public int resourceManager() {
        return Byte.toUnsignedInt(bytes.get(AT_RESOURCE_MANAGER));
    }

    /** Returns the replication origin that the change came from, 0 if it was made here. */
    public int origin() {
        return origin;
    }

    /** Returns whether this ends its segment. */
    public boolean isSegmentSwitch() {
        return isSegmentSwitch(bytes, 0);
    }

    static boolean isSegmentSwitch(ByteBuffer record, int at) {
        return record.get(at + AT_RESOURCE_MANAGER) == RM_XLOG
                && (record.get(at + AT_INFO) & RESOURCE_MANAGER_INFO) == XLOG_SWITCH;
    }

    /** Returns the blocks the record changes, by rising id. */
    public List<BlockReference> blocks() {
        return blocks;
    }

    /** Returns the image of {@code block}, read-only; an empty buffer if there is none. */
    public ByteBuffer imageOf(BlockReference block) {
        BlockReference.Image image = block.image();
        return image == null ? payload(0, 0) : payload(image.offset(), image.length());
    }

    /** Returns the data of {@code block}, read-only. */
    public ByteBuffer dataOf(BlockReference block) {
        return payload(block.dataOffset(), block.dataLength());
    }

    /** Returns the main data, read-only. */
    public ByteBuffer mainData() {
        return payload(bytes.capacity() - mainDataLength - payloadOffset, mainDataLength);
    }

    /** Returns the whole record, read-only. */
    public ByteBuffer bytes() {
        return bytes.asReadOnlyBuffer().order(bytes.order());
    }

    private ByteBuffer payload(int offset, int length) {
        return bytes.slice(payloadOffset + offset, length).asReadOnlyBuffer().order(bytes.order());
    }

    @Override
    public String toString() {
        return "record at %s, rmgr %d, info %02X, length %d"
                .formatted(start, resourceManager(), bytes.get(AT_INFO), totalLength());
    }
}
