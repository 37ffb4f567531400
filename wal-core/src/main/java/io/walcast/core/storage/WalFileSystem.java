// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The calls by which WAL reaches a disk; everything under a receive directory goes through them. {@link PosixFileSystem} is
 * the real one. The test kit has one that fails on request and forgets, in a simulated crash, what was not synced.
 *
 * <p>Every method throws {@link IOException}; {@link DiskFullException} where the disk is full. Implementations must be
 * thread-safe.
 */
public interface WalFileSystem {

    /**
     * Makes a new, empty file and opens it for reading and writing. Fails if the name is taken, by a dangling link too.
     *
     * @throws DiskFullException if there is no room for a directory entry
     */
    WalFile create(Path file, FileMode mode) throws IOException;

    /** Opens an existing regular file for reading and writing. Links are not followed. */
    WalFile open(Path file) throws IOException;

    /** Opens an existing regular file for reading. Links are not followed. */
    WalFile openForReading(Path file) throws IOException;

    /** Makes a directory; its parent must exist. */
    void createDirectory(Path directory, FileMode mode) throws IOException;

    /** Returns whether {@code directory} is a directory, or a link to one. */
    boolean isDirectory(Path directory) throws IOException;

    /** Returns what stands at {@code path}, or empty if nothing does. A link is reported as a link. */
    Optional<FileEntry> stat(Path path) throws IOException;

    /** Returns the entries of a directory, in any order. */
    List<FileEntry> list(Path directory) throws IOException;

    /**
     * Gives a file, or a directory, a new name in one step, replacing a file, or an empty directory, that had it. Durable after
     * {@link #syncDirectory}.
     */
    void rename(Path from, Path to) throws IOException;

    /** Removes a file or an empty directory. */
    void delete(Path file) throws IOException;

    /** Makes the names in {@code directory} durable. */
    void syncDirectory(Path directory) throws IOException;

    /**
     * Locks the file at {@code file}, made when missing, against every other process and every other caller in this one.
     *
     * @return the lock, to be closed; or null if somebody else holds it
     */
    @Nullable
    Closeable lock(Path file, String owner) throws IOException;

    /** Returns what the holder of the lock gave as its {@code owner}; empty text if that cannot be told. */
    String lockOwner(Path file) throws IOException;
}
