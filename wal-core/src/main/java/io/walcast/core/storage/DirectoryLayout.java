// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.SegmentSize;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Which file is where in a receive directory, and the few compound moves that the others are made of. What is ours alone
 * hides in {@code .walcast}.
 *
 * <p>Threading: any thread; {@link #mode} and {@link #rewrites} are all that changes.
 */
final class DirectoryLayout {
    static final String TEMPORARY = ".tmp";

    /** Of a segment that is written to while its predecessor is not finished yet. */
    static final String AHEAD = ".next";

    private static final String OWN = ".walcast";
    private static final int COPY_BYTES = 256 * 1024;

    /** Measured to cost least: less means more calls, more means that the kernel takes large pieces of memory. */
    private static final int ZERO_BYTES = 64 * 1024;

    private static final ByteBuffer ZEROS =
            ByteBuffer.allocateDirect(ZERO_BYTES).asReadOnlyBuffer();

    final WalFileSystem fileSystem;
    final Path directory;
    final Path own;
    private final boolean sync;
    private final Consumer<String> warnings;
    private final AtomicInteger rewrites = new AtomicInteger();

    /** Set by whoever learns the server's mode, read by whoever makes a file. */
    private volatile FileMode mode;

    DirectoryLayout(WalFileSystem fileSystem, Path directory, WalDirectoryOptions options) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.own = directory.resolve(OWN);
        this.sync = options.sync();
        this.warnings = options.warnings();
        this.mode = options.groupAccess() ? FileMode.GROUP_READ : FileMode.OWNER;
    }

    void setMode(FileMode mode) {
        this.mode = mode;
    }

    FileMode mode() {
        return mode;
    }

    void warn(String warning) {
        warnings.accept(warning);
    }

    /** Returns the path of a file in the directory itself. */
    Path file(String name) {
        return directory.resolve(name);
    }

    /** Returns the path of a file of ours that is being made. */
    Path temporary(String name) {
        return own.resolve(name + TEMPORARY);
    }

    /** Returns the path of a segment's file while its predecessor is unfinished. */
    Path ahead(String name) {
        return own.resolve(name + AHEAD);
    }

    /** Returns the names of segments, oldest first. */
    List<WalFileName> segments() throws IOException {
        return fileSystem.list(directory).stream()
                .flatMap(entry -> WalFileName.parse(entry.name()).stream())
                .sorted(Comparator.naturalOrder())
                .toList();
    }

    /**
     * Returns the regular file at {@code path}, or empty if there is none.
     *
     * @throws StorageException if there is something else, above all a link
     */
    Optional<FileEntry> regular(Path path) throws IOException {
        Optional<FileEntry> entry = fileSystem.stat(path);
        entry.ifPresent(found -> requireRegular(path, found));
        return entry;
    }

    static void requireRegular(Path path, FileEntry entry) {
        if (entry.kind() == FileEntry.Kind.LINK) {
            throw new StorageException(
                    SqlState.INSUFFICIENT_PRIVILEGE, "file \"" + path + "\": will not follow a symbolic link", null);
        }
        if (!entry.isRegular()) {
            throw new StorageException(SqlState.WRONG_OBJECT_TYPE, "file \"" + path + "\": not a regular file", null);
        }
    }

    /** Makes what was written to {@code file} durable. A full disk counts as a failure here. */
    void force(WalFile file) throws IOException {
        if (sync) {
            try {
                file.force();
            } catch (DiskFullException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
    }

    /** Makes the names in {@code which} durable. A full disk counts as a failure here. */
    void syncDirectory(Path which) throws IOException {
        if (sync) {
            try {
                fileSystem.syncDirectory(which);
            } catch (DiskFullException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
    }

    /** Renames. A full disk counts as a failure here. */
    void rename(Path from, Path to) throws IOException {
        try {
            fileSystem.rename(from, to);
        } catch (DiskFullException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Makes {@code target} with {@code size} bytes of zeros, all of them durable.
     *
     * @throws DiskFullException if there is no room; nothing is left behind then
     */
    WalFile createZeroed(Path target, SegmentSize size) throws IOException {
        WalFile file = fileSystem.create(target, mode);
        boolean made = false;
        try {
            ByteBuffer zeros = ZEROS.duplicate();
            for (long at = 0; at < size.bytes(); at += zeros.capacity()) {
                file.write(zeros.clear(), at);
            }
            force(file);
            made = true;
            return file;
        } catch (DiskFullException e) {
            made = true;
            file.close();
            fileSystem.delete(target);
            throw e;
        } finally {
            if (!made) {
                closeQuietly(file);
            }
        }
    }

    /**
     * Copies {@code source} to the new file {@code target} and makes the bytes durable, not the name.
     *
     * @throws DiskFullException if there is no room; nothing is left behind then
     */
    void copy(Path source, Path target) throws IOException {
        FileEntry entry = regular(source).orElseThrow(() -> new IOException(source + ": it is gone"));
        try (WalFile from = fileSystem.openForReading(source);
                WalFile to = fileSystem.create(target, FileMode.likeThat(entry.permissions()))) {
            copy(from, to);
            force(to);
        } catch (DiskFullException e) {
            if (fileSystem.stat(target).isPresent()) {
                fileSystem.delete(target);
            }
            throw e;
        }
    }

    private static void copy(WalFile from, WalFile to) throws IOException {
        ByteBuffer block = ByteBuffer.allocateDirect(COPY_BYTES);
        long at = 0;
        while (from.read(block.clear(), at) > 0) {
            int bytes = block.flip().remaining();
            to.write(block, at);
            at += bytes;
        }
    }

    /**
     * Writes the bytes of {@code path} again: to a new file, synced, that takes its name. A sync of the old file would
     * not do, because one that failed earlier may have left pages that look clean and are not on disk.
     *
     * @throws DiskFullException if there is no room; nothing has changed then
     */
    void rewrite(Path path) throws IOException {
        rewrite(path, path);
        syncDirectory(directory);
    }

    /** Writes the bytes of {@code source} again, under the name {@code target}, which is not synced. */
    void rewrite(Path source, Path target) throws IOException {
        Path copy = temporary(String.valueOf(source.getFileName()));
        copy(source, copy);
        rename(copy, target);
        rewrites.incrementAndGet();
    }

    /** Returns how many files were written again so far: an unfinished segment that is open may not be the one any more. */
    int rewrites() {
        return rewrites.get();
    }

    /**
     * Makes the file {@code name} in {@code parent}, one of the two directories, wholly or not at all. It is durable when this
     * returns.
     *
     * @throws DiskFullException if there is no room; nothing is left behind then
     */
    void store(Path parent, String name, byte[] content) throws IOException {
        Path temporary = temporary(name);
        try (WalFile file = fileSystem.create(temporary, mode)) {
            file.write(ByteBuffer.wrap(content), 0);
            force(file);
        } catch (DiskFullException e) {
            if (fileSystem.stat(temporary).isPresent()) {
                fileSystem.delete(temporary);
            }
            throw e;
        }
        rename(temporary, parent.resolve(name));
        syncDirectory(parent);
    }

    /**
     * Copies a file of odd size aside, durably, and tells of it.
     *
     * @throws DiskFullException if there is no room; nothing has changed then
     */
    void copyAside(Path path, long size) throws IOException {
        String name = String.valueOf(path.getFileName());
        Path aside = freeName(name);
        Path copy = temporary(name);
        copy(path, copy);
        rename(copy, aside);
        syncDirectory(own);
        warn("segment file \"%s\" has incorrect size %d, copied to \"%s\"".formatted(name, size, aside));
    }

    /** Empties a {@code .partial} of odd size after its bytes have been copied aside; it still marks where to go on. */
    void setAside(Path partial, long size) throws IOException {
        copyAside(partial, size);
        try (WalFile file = fileSystem.open(partial)) {
            file.truncate(0);
            force(file);
        }
    }

    private Path freeName(String name) throws IOException {
        List<String> taken = fileSystem.list(own).stream().map(FileEntry::name).toList();
        return own.resolve(IntStream.iterate(1, n -> n + 1)
                .mapToObj(n -> name + ".corrupt." + n)
                .filter(candidate -> !taken.contains(candidate))
                .findFirst()
                .orElseThrow());
    }

    /** Closes a file whose fate no longer matters. */
    static void closeQuietly(WalFile file) {
        try {
            file.close();
        } catch (IOException e) {
            // The failure that brought us here is the one to tell.
        }
    }
}
