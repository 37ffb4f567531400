// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.SegmentSize;
import io.walcast.core.SystemIdentifier;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code .walcast/identity}: which cluster the WAL in this directory comes from, also when an archiver has taken
 * every segment away.
 *
 * <pre>
 * magic u32 | system identifier u64 | segment size u32 | CRC-32C of these u32
 * </pre>
 *
 * Big-endian. Written once, never replaced.
 */
final class StoredIdentity {
    private static final String NAME = "identity";
    private static final int MAGIC = 0x57434944;
    private static final int BYTES = 20;
    private static final int CRC_AT = BYTES - Integer.BYTES;

    private final DirectoryLayout layout;
    private final StorageFailure failure;

    StoredIdentity(DirectoryLayout layout, StorageFailure failure) {
        this.layout = layout;
        this.failure = failure;
    }

    private Path path() {
        return layout.own.resolve(NAME);
    }

    /**
     * Returns what the file says, or empty if there is none.
     *
     * @throws StorageException with XX001 if it is damaged
     */
    Optional<ClusterIdentity> read() throws IOException {
        Optional<FileEntry> entry = layout.regular(path());
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        ByteBuffer content = ByteBuffer.allocate(BYTES);
        if (entry.get().size() == BYTES) {
            try (WalFile file = layout.fileSystem.openForReading(path())) {
                file.readFully(content, 0);
            }
        }
        long systemIdentifier = content.getLong(4);
        int segmentBytes = content.getInt(12);
        boolean valid = content.getInt(0) == MAGIC
                && content.getInt(CRC_AT) == crc(content)
                && systemIdentifier != 0
                && LongPageHeader.isSegmentSize(segmentBytes);
        if (!valid) {
            throw new StorageException(SqlState.DATA_CORRUPTED, "file \"" + path() + "\" is damaged", null);
        }
        return Optional.of(new ClusterIdentity(new SystemIdentifier(systemIdentifier), new SegmentSize(segmentBytes)));
    }

    /**
     * Writes the file, unless it is there; durable when this returns.
     *
     * @param told what the segments tell, or null
     * @throws RefusedException with 55000 if the file or the segments tell of another cluster
     */
    void remember(ClusterIdentity identity, @Nullable ClusterIdentity told) {
        failure.check();
        String what = "could not write file \"" + path() + "\"";
        try {
            ClusterIdentity stored = read().orElse(null);
            requireSame(identity, stored);
            requireSame(identity, told);
            if (stored != null) {
                layout.syncDirectory(layout.own); // an earlier process may not have come to that
            } else {
                layout.store(layout.own, NAME, encode(identity));
            }
        } catch (DiskFullException e) {
            throw StorageFailure.describe(what, e);
        } catch (IOException e) {
            throw failure.fail(what, e);
        } catch (Error e) {
            failure.fail(what, e);
            throw e;
        }
    }

    private void requireSame(ClusterIdentity identity, @Nullable ClusterIdentity known) {
        if (known != null && !known.equals(identity)) {
            throw new RefusedException(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    "directory \"%s\" holds WAL of the cluster with system identifier %s and segments of %s (the stream has %s, %s)"
                            .formatted(
                                    layout.directory,
                                    known.systemIdentifier(),
                                    known.segmentSize(),
                                    identity.systemIdentifier(),
                                    identity.segmentSize()));
        }
    }

    private static byte[] encode(ClusterIdentity identity) {
        ByteBuffer content = ByteBuffer.allocate(BYTES)
                .putInt(0, MAGIC)
                .putLong(4, identity.systemIdentifier().value())
                .putInt(12, identity.segmentSize().bytes());
        return content.putInt(CRC_AT, crc(content)).array();
    }

    private static int crc(ByteBuffer content) {
        CRC32C crc = new CRC32C();
        crc.update(content.slice(0, CRC_AT));
        return (int) crc.getValue();
    }
}
