// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** The timeline history files of a receive directory. */
final class StoredHistories {
    private final DirectoryLayout layout;
    private final StorageFailure failure;

    StoredHistories(DirectoryLayout layout, StorageFailure failure) {
        this.layout = layout;
        this.failure = failure;
    }

    boolean has(TimelineId timeline) {
        Path path = layout.file(WalFileName.history(timeline));
        try {
            return layout.regular(path).map(FileEntry::size).orElse(0L) > 0;
        } catch (IOException e) {
            throw StorageFailure.describe("could not read file \"" + path + "\"", e);
        }
    }

    Optional<byte[]> read(TimelineId timeline) {
        Path path = layout.file(WalFileName.history(timeline));
        try {
            long size = layout.regular(path).map(FileEntry::size).orElse(0L);
            if (size > TimelineHistory.MAX_BYTES) {
                throw new StorageException(
                        SqlState.PROGRAM_LIMIT_EXCEEDED,
                        "history file \"%s\" has %d bytes (expected: at most %d)"
                                .formatted(path, size, TimelineHistory.MAX_BYTES),
                        null);
            }
            return size == 0 ? Optional.empty() : Optional.of(read(path, (int) size));
        } catch (IOException e) {
            throw StorageFailure.describe("could not read file \"" + path + "\"", e);
        }
    }

    private byte[] read(Path path, int size) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(size);
        try (WalFile file = layout.fileSystem.openForReading(path)) {
            file.readFully(content, 0);
        }
        return Arrays.copyOf(content.array(), content.position());
    }

    void write(TimelineId timeline, byte[] content) {
        failure.check();
        Optional<byte[]> stored = read(timeline);
        if (stored.isPresent()) {
            if (Arrays.equals(stored.get(), content)) {
                return;
            }
            throw new RefusedException(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    "timeline %s history differs from the stored one: another cluster or a reused timeline"
                            .formatted(timeline));
        }
        String what = "could not write file \"" + layout.file(WalFileName.history(timeline)) + "\"";
        try {
            layout.store(layout.directory, WalFileName.history(timeline), content);
        } catch (DiskFullException e) {
            throw StorageFailure.describe(what, e);
        } catch (IOException e) {
            throw failure.fail(what, e);
        } catch (Error e) {
            failure.fail(what, e);
            throw e;
        }
    }
}
