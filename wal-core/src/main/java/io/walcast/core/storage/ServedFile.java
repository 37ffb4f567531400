// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.SegmentName;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A segment's file, open for reading and found to be what its name says. */
final class ServedFile implements ServedSegment {
    private final WalFile file;
    private final BooleanSupplier replaced;
    private final boolean temporary;

    private ServedFile(WalFile file, BooleanSupplier replaced, boolean temporary) {
        this.file = file;
        this.replaced = replaced;
        this.temporary = temporary;
    }

    /**
     * Takes over {@code file}, which is closed if it does not fit.
     *
     * @param name what it has to be
     * @param upto how much of it may be sent; the header is looked at when it is in there
     * @param replaced tells whether another file has taken its name
     * @param temporary whether it was made for this
     * @throws StorageException with XX001 if it is something else
     */
    static ServedFile take(
            WalFile file,
            SegmentName name,
            ServedCluster cluster,
            long upto,
            BooleanSupplier replaced,
            boolean temporary)
            throws IOException {
        boolean fits = false;
        try {
            long bytes = file.size();
            if (bytes != cluster.identity().segmentSize().bytes()) {
                throw new StorageException(
                        SqlState.DATA_CORRUPTED,
                        "WAL segment %s has incorrect size %d"
                                .formatted(name.fileName(cluster.identity().segmentSize()), bytes),
                        null);
            }
            if (upto >= LongPageHeader.BYTES) {
                LongPageHeader.requireFits(file, name, cluster);
            }
            fits = true;
            return new ServedFile(file, replaced, temporary);
        } finally {
            if (!fits) {
                DirectoryLayout.closeQuietly(file);
            }
        }
    }

    /** Returns the exception for a segment that is not there ({@code XLogFileOpen} of a walsender). */
    static StorageException removed(SegmentName name, ServedCluster cluster) {
        return new StorageException(
                SqlState.UNDEFINED_FILE,
                "requested WAL segment %s has already been removed"
                        .formatted(name.fileName(cluster.identity().segmentSize())),
                null);
    }

    @Override
    public @Nullable FileChannel channel() {
        return file.channel();
    }

    @Override
    public boolean needReload() {
        return replaced.getAsBoolean();
    }

    @Override
    public boolean isTemporary() {
        return temporary;
    }

    @Override
    public int read(ByteBuffer into, long offset) throws IOException {
        return file.readFully(into, offset);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
