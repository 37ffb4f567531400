// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.TimelineId;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.core.wal.WalVersion;
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

    static final int BYTES = XLogPageHeader.LONG_BYTES;

    private LongPageHeader() {}

    /**
     * Returns what the first {@link #BYTES} bytes of a segment tell, or empty if it has no header that fits its name; the
     * position tells how many are there.
     */
    static Optional<ClusterIdentity> identity(ByteBuffer bytes, WalFileName name) {
        if (bytes.position() < BYTES) {
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

    /**
     * Checks that {@code file} is that segment of that cluster, as far as its first page tells.
     *
     * @throws StorageException with XX001 if it is not
     */
    static void requireFits(WalFile file, SegmentName name, ServedCluster known) throws IOException {
        ClusterIdentity cluster = known.identity();
        ByteBuffer bytes = ByteBuffer.allocate(XLogPageHeader.LONG_BYTES);
        file.readFully(bytes, 0);
        int magic = magic(bytes);
        require(major(magic).equals(Optional.of(known.major())), name, cluster, "invalid magic number %04X", magic);
        int info = XLogPageHeader.info(bytes, 0);
        boolean isLong = (info & ~XLogPageHeader.ALL_FLAGS) == 0 && (info & XLogPageHeader.LONG_HEADER) != 0;
        require(isLong, name, cluster, "invalid info bits %04X", info);
        long system = XLogPageHeader.systemIdentifier(bytes, 0);
        boolean ours = system == cluster.systemIdentifier().value()
                && XLogPageHeader.segmentSize(bytes, 0) == cluster.segmentSize().bytes();
        require(ours, name, cluster, "WAL of a different database system %s", Long.toUnsignedString(system));
        Lsn address = new Lsn(XLogPageHeader.pageAddress(bytes, 0));
        require(address.equals(name.start(cluster.segmentSize())), name, cluster, "unexpected pageaddr %s", address);
        int timeline = XLogPageHeader.timeline(bytes, 0);
        boolean reached = timeline != 0 && new TimelineId(timeline).compareTo(name.timeline()) <= 0;
        require(reached, name, cluster, "unexpected timeline ID %s", Integer.toUnsignedString(timeline));
    }

    private static void require(boolean fits, SegmentName name, ClusterIdentity cluster, String problem, Object value) {
        if (!fits) {
            throw new StorageException(
                    SqlState.DATA_CORRUPTED,
                    problem.formatted(value) + " in WAL segment " + name.fileName(cluster.segmentSize()) + ", offset 0",
                    null);
        }
    }

    /** Returns the magic number and sets the byte order by it. */
    private static int magic(ByteBuffer bytes) {
        boolean little = XLogPageHeader.magic(bytes.order(ByteOrder.LITTLE_ENDIAN), 0) >> Byte.SIZE == MAGIC_HIGH_BYTE;
        return XLogPageHeader.magic(bytes.order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN), 0);
    }

    /** Returns what {@link #identity} does, with the version that wrote the segment; empty if that is none we know. */
    static Optional<ServedCluster> cluster(ByteBuffer bytes, WalFileName name) {
        if (bytes.position() < BYTES) {
            return Optional.empty();
        }
        int magic = magic(bytes);
        return parse(bytes, name).flatMap(identity -> major(magic).map(major -> new ServedCluster(identity, major)));
    }

    /** Returns the version, 14 to 18; the newest one for what is later. */
    private static Optional<Integer> major(int magic) {
        return WalVersion.isLater(magic)
                ? Optional.of(WalVersion.V18.major())
                : WalVersion.ofMagic(magic).map(WalVersion::major);
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
