// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.wal.XLogPageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * What the first page of a segment tells of the cluster it came from: an {@link XLogPageHeader}, in the byte order of the
 * server's machine; the magic number shows which it is.
 */
final class LongPageHeader {
    private static final int MAGIC_HIGH_BYTE = 0xD1;

    private LongPageHeader() {}

    /** Returns what the header of the segment in {@code file} tells, or empty if it has none that fits its name. */
    static Optional<ClusterIdentity> read(WalFile file, WalFileName name) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(XLogPageHeader.LONG_BYTES);
        if (file.readFully(bytes, 0) < XLogPageHeader.LONG_BYTES) {
            return Optional.empty();
        }
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            Optional<ClusterIdentity> header = parse(bytes.order(order), name);
            if (header.isPresent()) {
                return header;
            }
        }
        return Optional.empty();
    }

    private static Optional<ClusterIdentity> parse(ByteBuffer bytes, WalFileName name) {
        long systemIdentifier = XLogPageHeader.systemIdentifier(bytes, 0);
        int segmentBytes = XLogPageHeader.segmentSize(bytes, 0);
        boolean valid = XLogPageHeader.magic(bytes, 0) >> Byte.SIZE == MAGIC_HIGH_BYTE
                && XLogPageHeader.has(bytes, 0, XLogPageHeader.LONG_HEADER)
                && (XLogPageHeader.info(bytes, 0) & ~XLogPageHeader.ALL_FLAGS) == 0
                && systemIdentifier != 0
                && isSegmentSize(segmentBytes)
                && XLogPageHeader.blockSize(bytes, 0) == XLogPageHeader.PAGE_BYTES;
        if (!valid) {
            return Optional.empty();
        }
        SegmentSize size = new SegmentSize(segmentBytes);
        Optional<SegmentName> segment = name.segmentName(size);
        if (segment.isEmpty() || segment.get().segmentNumber() * segmentBytes != XLogPageHeader.pageAddress(bytes, 0)) {
            return Optional.empty();
        }
        return Optional.of(new ClusterIdentity(new SystemIdentifier(systemIdentifier), size));
    }

    /** Returns whether a segment can have that many bytes. */
    static boolean isSegmentSize(long bytes) {
        return bytes >= SegmentSize.MIN_BYTES && bytes <= SegmentSize.MAX_BYTES && Long.bitCount(bytes) == 1;
    }
}
