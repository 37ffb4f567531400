// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.error.RefusedException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Optional;

/** The first steps into a receive directory: it is there, ours is in it, and nobody else is. */
final class DirectoryOwnership {
    private static final String LOCK = "lock";

    private DirectoryOwnership() {}

    /** Makes the directory, if that is wanted, and {@code .walcast} in it. The directory may be a link; the other may not. */
    static void makeDirectories(DirectoryLayout layout, boolean create) throws IOException {
        Path directory = layout.directory;
        Optional<FileEntry> entry = layout.fileSystem.stat(directory);
        if (entry.isEmpty() && !create) {
            throw new StorageException(
                    SqlState.UNDEFINED_FILE,
                    "could not open directory \"" + directory + "\": No such file or directory",
                    null);
        }
        if (entry.isEmpty()) {
            makeWithParents(layout, directory.toAbsolutePath());
        } else if (!layout.fileSystem.isDirectory(directory)) {
            throw new StorageException(
                    SqlState.WRONG_OBJECT_TYPE,
                    "could not open directory \"" + directory + "\": Not a directory",
                    null);
        }
        makeOwn(layout, create && entry.isPresent());
    }

    /** Makes the directory. The name of each level is durable before the next one is made. */
    private static void makeWithParents(DirectoryLayout layout, Path directory) throws IOException {
        Path parent = directory.getParent();
        if (parent == null) {
            return;
        }
        if (layout.fileSystem.isDirectory(directory)) {
            syncName(layout, directory);
            return;
        }
        makeWithParents(layout, parent);
        layout.fileSystem.createDirectory(directory, layout.mode());
        layout.syncDirectory(parent);
    }

    /** Syncs the name of a directory that an earlier process may have made, and got no further. */
    private static void syncName(DirectoryLayout layout, Path directory) throws IOException {
        Path parent = directory.toAbsolutePath().getParent();
        if (parent == null) {
            return;
        }
        try {
            layout.syncDirectory(parent);
        } catch (AccessDeniedException e) {
            // Not ours, then: somebody else made the directory.
        }
    }

    private static void makeOwn(DirectoryLayout layout, boolean syncName) throws IOException {
        Optional<FileEntry> own = layout.fileSystem.stat(layout.own);
        if (own.isEmpty()) {
            if (syncName) {
                syncName(layout, layout.directory);
            }
            layout.fileSystem.createDirectory(layout.own, FileMode.OWNER);
            layout.syncDirectory(layout.directory);
        } else if (own.get().kind() == FileEntry.Kind.LINK) {
            throw new StorageException(
                    SqlState.INSUFFICIENT_PRIVILEGE,
                    "directory \"" + layout.own + "\": will not follow a symbolic link",
                    null);
        } else if (own.get().kind() != FileEntry.Kind.DIRECTORY) {
            throw new StorageException(SqlState.WRONG_OBJECT_TYPE, "\"" + layout.own + "\": not a directory", null);
        }
    }

    /**
     * Locks the directory.
     *
     * @throws RefusedException with 55006 if somebody else holds the lock
     */
    static Closeable lock(DirectoryLayout layout) throws IOException {
        Path file = layout.own.resolve(LOCK);
        layout.regular(file);
        Closeable lock =
                layout.fileSystem.lock(file, "PID " + ProcessHandle.current().pid());
        if (lock != null) {
            return lock;
        }
        String owner = layout.fileSystem.lockOwner(file);
        throw new RefusedException(
                SqlState.OBJECT_IN_USE,
                "directory \"%s\" is in use by another receiver%s"
                        .formatted(layout.directory, owner.isEmpty() ? "" : " (" + owner + ")"));
    }
}
