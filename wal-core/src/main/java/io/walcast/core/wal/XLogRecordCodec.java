// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import static io.walcast.core.wal.InvalidWalException.invalid;

import io.walcast.core.Lsn;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Checks and decodes records, with PostgreSQL's checks and texts ({@code ValidXLogRecord}, {@code DecodeXLogRecord}).
 *
 * <pre>
 * headers    (block | origin | top-level)* [data]
 * block      id uint8 0..32 | flags uint8 | data length uint16 | [image] | [relation 3 x uint32] | block uint32
 * image      length uint16 | hole offset uint16 | info uint8 | [hole length uint16]
 * origin     253 uint8 | origin uint16
 * top-level  252 uint8 | transaction uint32
 * data       255 uint8 | length uint8   or   254 uint8 | length uint32
 * </pre>
 *
 * <p>Keeps what it needs between calls: one owner thread.
 */
final class XLogRecordCodec {
    private static final int MAX_BLOCK_ID = 32;
    private static final int DATA_SHORT = 255;
    private static final int DATA_LONG = 254;
    private static final int ORIGIN = 253;
    private static final int TOPLEVEL_XID = 252;

    /** No record is longer ({@code XLogRecordMaxSize}). */
    private static final long MAX_LENGTH = 1020L << 20;

    private final CRC32C crc = new CRC32C();
    private final List<BlockReference> blocks = new ArrayList<>();
    private ByteBuffer record = ByteBuffer.allocate(0);
    private Lsn start = Lsn.INVALID;
    private int at;
    private long payloadBytes;
    private int mainDataLength;
    private int origin;

    /**
     * Checks the fixed part of the record at {@code at}.
     *
     * @param previous where the record before began, or null if reading begins here
     */
    static void checkHeader(ByteBuffer bytes, int at, Lsn start, @Nullable Lsn previous, WalVersion version)
            throws InvalidWalException {
        checkLength(bytes, at, XLogRecord.HEADER_BYTES, start);
        int resourceManager = Byte.toUnsignedInt(bytes.get(at + XLogRecord.AT_RESOURCE_MANAGER));
        if (!version.hasResourceManager(resourceManager)) {
            throw invalid("invalid resource manager ID %d at %s", resourceManager, start);
        }
        long link = bytes.getLong(at + XLogRecord.AT_PREVIOUS);
        if (previous == null ? Long.compareUnsigned(link, start.value()) >= 0 : link != previous.value()) {
            throw invalid("record with incorrect prev-link %s at %s", new Lsn(link), start);
        }
        if (totalLength(bytes, at) > MAX_LENGTH) {
            throw invalid("record length %d at %s exceeds 1020 MB", totalLength(bytes, at), start);
        }
    }

    /** Checks that the record at {@code at}, of which {@code atHand} bytes are on the page, has a length that can be. */
    static void checkLength(ByteBuffer bytes, int at, int atHand, Lsn start) throws InvalidWalException {
        long length = totalLength(bytes, at);
        if (length < XLogRecord.HEADER_BYTES) {
            throw new InvalidWalException(
                    isZero(bytes, at, atHand) ? EndOfWal.Reason.ZEROS : EndOfWal.Reason.INVALID,
                    "invalid record length at %s: wanted %d, got %d".formatted(start, XLogRecord.HEADER_BYTES, length));
        }
    }

    private static boolean isZero(ByteBuffer bytes, int at, int length) {
        for (int i = at; i < at + length; i++) {
            if (bytes.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    static long totalLength(ByteBuffer bytes, int at) {
        return Integer.toUnsignedLong(bytes.getInt(at));
    }

    /** Checks the checksum of {@code record}, from position 0 to its capacity. */
    void checkCrc(ByteBuffer record, Lsn start) throws InvalidWalException {
        crc.reset();
        crc.update(record.limit(record.capacity()).position(XLogRecord.HEADER_BYTES));
        crc.update(record.position(0).limit(XLogRecord.AT_CHECKSUM));
        record.clear();
        if ((int) crc.getValue() != record.getInt(XLogRecord.AT_CHECKSUM)) {
            throw invalid("incorrect resource manager data checksum in record at %s", start);
        }
    }

    /** Decodes {@code record}, from position 0 to its capacity. */
    XLogRecord decode(ByteBuffer record, Lsn start, Lsn end, WalVersion version) throws InvalidWalException {
        this.record = record;
        this.start = start;
        at = XLogRecord.HEADER_BYTES;
        payloadBytes = 0;
        mainDataLength = 0;
        origin = 0;
        blocks.clear();
        decodeHeaders(version);
        if (remaining() != payloadBytes) {
            throw shortData();
        }
        return new XLogRecord(start, end, record, List.copyOf(blocks), at, mainDataLength, origin);
    }

    private void decodeHeaders(WalVersion version) throws InvalidWalException {
        RelFileLocator lastRelation = null;
        while (remaining() > payloadBytes) {
            int id = uint8();
            if (id == DATA_SHORT || id == DATA_LONG) {
                decodeMainDataHeader(id);
                return;
            } else if (id == ORIGIN) {
                origin = uint16();
            } else if (id == TOPLEVEL_XID) {
                int32();
            } else if (id <= MAX_BLOCK_ID) {
                BlockReference block = decodeBlock(id, lastRelation, version);
                lastRelation = block.relation();
                blocks.add(block);
            } else {
                throw invalid("invalid block_id %d at %s", id, start);
            }
        }
    }

    private void decodeMainDataHeader(int id) throws InvalidWalException {
        long length = id == DATA_SHORT ? uint8() : Integer.toUnsignedLong(int32());
        payloadBytes += length;
        if (length > remaining()) {
            throw shortData();
        }
        mainDataLength = (int) length;
    }

    private BlockReference decodeBlock(int id, @Nullable RelFileLocator lastRelation, WalVersion version)
            throws InvalidWalException {
        if (!blocks.isEmpty() && id <= blocks.get(blocks.size() - 1).id()) {
            throw invalid("out-of-order block_id %d at %s", id, start);
        }
        int flags = uint8();
        int dataLength = uint16();
        boolean hasData = (flags & BlockReference.HAS_DATA) != 0;
        if (hasData && dataLength == 0) {
            throw invalid("BKPBLOCK_HAS_DATA set, but no data included at %s", start);
        }
        if (!hasData && dataLength != 0) {
            throw invalid("BKPBLOCK_HAS_DATA not set, but data length is %d at %s", dataLength, start);
        }
        BlockReference.Image image = (flags & BlockReference.HAS_IMAGE) != 0 ? decodeImage(version) : null;
        int dataOffset = (int) payloadBytes;
        payloadBytes += dataLength;
        RelFileLocator relation = decodeRelation(flags, lastRelation);
        return new BlockReference(id, flags, relation, int32(), image, dataOffset, dataLength);
    }

    private BlockReference.Image decodeImage(WalVersion version) throws InvalidWalException {
        int length = uint16();
        int holeOffset = uint16();
        int info = uint8();
        BlockImageRules rules = BlockImageRules.of(version);
        boolean hasHoleLength = rules.isCompressed(info) && rules.hasHole(info);
        int holeLength = hasHoleLength ? uint16() : rules.holeLength(info, length);
        BlockReference.Image image = new BlockReference.Image((int) payloadBytes, length, holeOffset, holeLength, info);
        payloadBytes += length;
        String problem = rules.problemWith(image);
        if (problem != null) {
            throw invalid("%s at %s", problem, start);
        }
        return image;
    }

    private RelFileLocator decodeRelation(int flags, @Nullable RelFileLocator last) throws InvalidWalException {
        if ((flags & BlockReference.SAME_REL) == 0) {
            return new RelFileLocator(int32(), int32(), int32());
        }
        if (last == null) {
            throw invalid("BKPBLOCK_SAME_REL set but no previous rel at %s", start);
        }
        return last;
    }

    private int remaining() {
        return record.capacity() - at;
    }

    private int uint8() throws InvalidWalException {
        return Byte.toUnsignedInt(record.get(take(Byte.BYTES)));
    }

    private int uint16() throws InvalidWalException {
        return Short.toUnsignedInt(record.getShort(take(Short.BYTES)));
    }

    private int int32() throws InvalidWalException {
        return record.getInt(take(Integer.BYTES));
    }

    private int take(int bytes) throws InvalidWalException {
        if (remaining() < bytes) {
            throw shortData();
        }
        int taken = at;
        at += bytes;
        return taken;
    }

    private InvalidWalException shortData() {
        return invalid("record with invalid length at %s", start);
    }
}
