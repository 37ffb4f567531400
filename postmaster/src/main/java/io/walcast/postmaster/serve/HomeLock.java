// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import io.walcast.core.error.RefusedException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.core.storage.PosixFileSystem;
import io.walcast.core.storage.WalFileSystem;
import io.walcast.postmaster.NodeDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The lock on the home of a node, {@code postmaster.pid}: settings, access rules and slots have one server. The file stays
 * when the lock is given up; a killed process leaves nothing that would hinder the next one.
 */
final class HomeLock implements AutoCloseable {
    private static final String NAME = "postmaster.pid";

    private final Path file;
    private final Closeable lock;

    private HomeLock(Path file, Closeable lock) {
        this.file = file;
        this.lock = lock;
    }

    /**
     * Locks the home of {@code node}, which must be there.
     *
     * @throws RefusedException with 55006 if another server has it
     * @throws StorageException if the lock cannot even be tried
     */
    static HomeLock take(NodeDirectory node) {
        WalFileSystem files = new PosixFileSystem();
        Path file = node.home().resolve(NAME);
        try {
            Closeable lock =
                    files.lock(file, Long.toString(ProcessHandle.current().pid()));
            if (lock != null) {
                return new HomeLock(file, lock);
            }
            String owner = files.lockOwner(file);
            String who = owner.isEmpty() || !Character.isDigit(owner.charAt(0)) ? owner : "PID " + owner;
            throw new RefusedException(
                    SqlState.OBJECT_IN_USE,
                    "directory \"%s\" is served by another process%s"
                            .formatted(node.directory(), who.isEmpty() ? "" : " (" + who + ")"));
        } catch (IOException e) {
            throw failed("lock", file, e);
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw failed("unlock", file, e);
        }
    }

    private static StorageException failed(String what, Path file, IOException e) {
        return new StorageException("could not %s file \"%s\": %s".formatted(what, file, e.getMessage()), e);
    }
}
