// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * What the first page of a segment tells of the cluster it came from.
 *
 * <pre>
 * magic u16 | info u16 | timeline u32 | page address u64 | rest u32 | - u32 | system identifier u64 | segment size u32 | page size u32
 * </pre>
 *
 * In the byte order of the server's machine; the magic number shows which it is.
 */
record LongPageHeader(SystemIdentifier systemIdentifier, SegmentSize segmentSize) {
    private static final int BYTES = 40;
    private static final int MAGIC_HIGH_BYTE = 0xD1;
    private static final int LONG_HEADER = 0x0002;
    private static final int ALL_FLAGS = 0x000F;
    private static final int PAGE_BYTES = 8192;

    /** Returns the header of the segment in {@code file}, or empty if it has none that fits its name. */
    static Optional<LongPageHeader> read(WalFile file, WalFileName name) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        if (file.readFully(bytes, 0) < BYTES) {
            return Optional.empty();
        }
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            Optional<LongPageHeader> header = parse(bytes.order(order), name);
            if (header.isPresent()) {
                return header;
            }
        }
        return Optional.empty();
    }

    private static Optional<LongPageHeader> parse(ByteBuffer bytes, WalFileName name) {
        int magic = Short.toUnsignedInt(bytes.getShort(0));
        int info = Short.toUnsignedInt(bytes.getShort(2));
        long pageAddress = bytes.getLong(8);
        long systemIdentifier = bytes.getLong(24);
        int segmentBytes = bytes.getInt(32);
        boolean valid = magic >> Byte.SIZE == MAGIC_HIGH_BYTE
                && (info & LONG_HEADER) != 0
                && (info & ~ALL_FLAGS) == 0
                && systemIdentifier != 0
                && isSegmentSize(segmentBytes)
                && bytes.getInt(36) == PAGE_BYTES;
        if (!valid) {
            return Optional.empty();
        }
        SegmentSize size = new SegmentSize(segmentBytes);
        Optional<SegmentName> segment = name.segmentName(size);
        if (segment.isEmpty() || segment.get().segmentNumber() * segmentBytes != pageAddress) {
            return Optional.empty();
        }
        return Optional.of(new LongPageHeader(new SystemIdentifier(systemIdentifier), size));
    }

    /** Returns whether a segment can have that many bytes. */
    static boolean isSegmentSize(long bytes) {
        return bytes >= SegmentSize.MIN_BYTES && bytes <= SegmentSize.MAX_BYTES && Long.bitCount(bytes) == 1;
    }
}
