// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.core.storage.SegmentRemoval.OldestSegment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The file {@code .walcast/oldest}: which segments were removed, or are being removed.
 *
 * <pre>
 * magic u32 | removing u32 | timeline u32 | segment size u32 | segment number u64 | CRC-32C of these u32
 * </pre>
 *
 * Big-endian. Always replaced as a whole.
 */
final class OldestSegmentFile {
    private static final String NAME = "oldest";
    private static final int MAGIC = 0x57434F53;
    private static final int BYTES = 28;
    private static final int CRC_AT = BYTES - Integer.BYTES;

    private final DirectoryLayout layout;

    OldestSegmentFile(DirectoryLayout layout) {
        this.layout = layout;
    }

    /**
     * Returns what the file says, or empty if there is none.
     *
     * @throws StorageException with XX001 if it is damaged
     */
    Optional<OldestSegment> read() throws IOException {
        Path path = layout.own.resolve(NAME);
        Optional<FileEntry> entry = layout.regular(path);
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        ByteBuffer content = ByteBuffer.allocate(BYTES);
        if (entry.get().size() == BYTES) {
            try (WalFile file = layout.fileSystem.openForReading(path)) {
                file.readFully(content, 0);
            }
        }
        boolean valid = content.getInt(0) == MAGIC
                && content.getInt(CRC_AT) == crc(content)
                && content.getInt(8) != 0
                && LongPageHeader.isSegmentSize(content.getInt(12))
                && content.getLong(16) >= 0;
        if (!valid) {
            throw new StorageException(SqlState.DATA_CORRUPTED, "file \"" + path + "\" is damaged", null);
        }
        return Optional.of(new OldestSegment(
                new TimelineId(content.getInt(8)),
                content.getLong(16),
                new SegmentSize(content.getInt(12)),
                content.getInt(4) != 0));
    }

    /**
     * Replaces the file; durable when this returns.
     *
     * @throws DiskFullException if there is no room; nothing has changed then
     */
    void store(OldestSegment oldest) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(BYTES)
                .putInt(0, MAGIC)
                .putInt(4, oldest.removing() ? 1 : 0)
                .putInt(8, oldest.timeline().value())
                .putInt(12, oldest.segmentSize().bytes())
                .putLong(16, oldest.segmentNumber());
        layout.store(layout.own, NAME, content.putInt(CRC_AT, crc(content)).array());
    }

    private static int crc(ByteBuffer content) {
        CRC32C crc = new CRC32C();
        crc.update(content.slice(0, CRC_AT));
        return (int) crc.getValue();
    }
}
