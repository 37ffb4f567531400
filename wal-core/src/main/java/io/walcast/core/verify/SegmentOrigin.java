// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.verify;

import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.storage.WalFileSystem;
import io.walcast.core.wal.WalVersion;
import io.walcast.core.wal.XLogPageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the first pages of segments tell of where they are from.
 *
 * @param systemIdentifier the cluster
 * @param segmentSize its segment size
 * @param version the version that wrote them
 */
record SegmentOrigin(SystemIdentifier systemIdentifier, SegmentSize segmentSize, WalVersion version) {

    /** Returns what most of the files tell; null if none tells anything. Compressed ones are asked if there is no other. */
    static @Nullable SegmentOrigin find(WalFileSystem fileSystem, Path directory, List<WalFileEntry> files)
            throws IOException {
        Map<SegmentOrigin, Integer> votes = new HashMap<>();
        for (WalFileEntry file : files) {
            if (file.isPlain()) {
                vote(fileSystem, directory, file, votes);
            }
        }
        for (WalFileEntry file : files) {
            if (votes.isEmpty()) {
                vote(fileSystem, directory, file, votes);
            }
        }
        SegmentOrigin most = null;
        for (Map.Entry<SegmentOrigin, Integer> entry : votes.entrySet()) {
            if (most == null || entry.getValue() > votes.getOrDefault(most, 0)) {
                most = entry.getKey();
            }
        }
        return most;
    }

    private static void vote(
            WalFileSystem fileSystem, Path directory, WalFileEntry file, Map<SegmentOrigin, Integer> votes)
            throws IOException {
        ByteBuffer header = ByteBuffer.allocate(XLogPageHeader.LONG_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        SegmentName any = SegmentName.parse(file.segment(), SegmentSize.DEFAULT)
                .or(() -> SegmentName.parse(file.segment(), new SegmentSize(SegmentSize.MIN_BYTES)))
                .orElse(null);
        if (any == null) {
            return;
        }
        StoredSegment segment = new StoredSegment(any, 0, SegmentSize.MIN_BYTES, file);
        try (SegmentBytes bytes = SegmentBytes.open(fileSystem, directory, segment)) {
            bytes.read(header, 0);
        } catch (NoSuchFileException e) {
            return; // moved away meanwhile
        }
        SegmentOrigin told = header.hasRemaining() ? null : parse(header, file);
        if (told != null) {
            votes.merge(told, 1, Integer::sum);
        }
    }

    private static @Nullable SegmentOrigin parse(ByteBuffer header, WalFileEntry file) {
        WalVersion version = WalVersion.ofMagic(XLogPageHeader.magic(header, 0)).orElse(null);
        int size = XLogPageHeader.segmentSize(header, 0);
        long system = XLogPageHeader.systemIdentifier(header, 0);
        boolean valid = version != null
                && XLogPageHeader.has(header, 0, XLogPageHeader.LONG_HEADER)
                && size >= SegmentSize.MIN_BYTES
                && size <= SegmentSize.MAX_BYTES
                && Integer.bitCount(size) == 1
                && system != 0;
        if (!valid || version == null) {
            return null;
        }
        SegmentSize segmentSize = new SegmentSize(size);
        boolean fits = SegmentName.parse(file.segment(), segmentSize)
                .filter(name -> name.start(segmentSize).value() == XLogPageHeader.pageAddress(header, 0))
                .isPresent();
        return fits ? new SegmentOrigin(new SystemIdentifier(system), segmentSize, version) : null;
    }
}
