// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import static java.util.Objects.requireNonNull;

import io.walcast.core.SegmentSize;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

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
    /** How segments are written; null if they are plain. */
    final @Nullable SegmentCompression compression;

    private final List<SegmentDecompressor> decompressors;
    private final boolean sync;
    private final Consumer<String> warnings;
    private final AtomicInteger rewrites = new AtomicInteger();

    /** Set by whoever learns the server's mode, read by whoever makes a file. */
    private volatile FileMode mode;

    DirectoryLayout(WalFileSystem fileSystem, Path directory, WalDirectoryOptions options) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.own = directory.resolve(OWN);
        this.compression = options.compression();
        this.decompressors = options.decompressors();
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

    /** Returns what the names of the segments end with that are written. */
    String suffix() {
        return compression == null ? "" : compression.suffix();
    }

    /** Returns what reads the files whose names end with {@code suffix}, or null if nothing does. */
    @Nullable
    SegmentDecompressor decompressor(String suffix) {
        if (compression != null && compression.suffix().equals(suffix)) {
            return compression;
        }
        return decompressors.stream()
                .filter(known -> known.suffix().equals(suffix))
                .findFirst()
                .orElse(null);
    }

    /** Returns what the names of segments end with that can be read: nothing first, for plain ones. */
    List<String> suffixes() {
        List<String> suffixes = new ArrayList<>(List.of(""));
        if (compression != null) {
            suffixes.add(compression.suffix());
        }
        decompressors.stream()
                .map(SegmentDecompressor::suffix)
                .filter(suffix -> !suffixes.contains(suffix))
                .forEach(suffixes::add);
        return suffixes;
    }

    /** Returns the content of a segment's file whose name ends with {@code suffix}, one of {@link #suffixes}. */
    InputStream content(Path path, String suffix) throws IOException {
        WalFileInputStream bytes = new WalFileInputStream(fileSystem.openForReading(path));
        if (suffix.isEmpty()) {
            return bytes;
        }
        boolean opened = false;
        try {
            InputStream content = requireNonNull(decompressor(suffix), suffix).open(bytes);
            opened = true;
            return content;
        } finally {
            if (!opened) {
                closeQuietly(bytes);
            }
        }
    }

    /** Returns the first {@code bytes} bytes of the content, or as many as can be read; the position tells how many. */
    ByteBuffer beginning(Path path, String suffix, int bytes) throws IOException {
        ByteBuffer beginning = ByteBuffer.allocate(bytes);
        try (WalFileInputStream file = new WalFileInputStream(fileSystem.openForReading(path))) {
            try {
                InputStream content = suffix.isEmpty()
                        ? file
                        : requireNonNull(decompressor(suffix), suffix).open(file);
                beginning.put(content.readNBytes(bytes));
            } catch (IOException | RuntimeException e) { // decompressors throw what they like
                file.check();
            }
        }
        return beginning;
    }

    /** Returns how many bytes of content the unfinished compressed file gives that can be relied on. */
    long reliableBytes(Path path, String suffix) throws IOException {
        try (WalFileInputStream bytes = new WalFileInputStream(fileSystem.openForReading(path))) {
            long reliable = requireNonNull(decompressor(suffix), suffix).reliableBytes(bytes);
            bytes.check();
            return reliable;
        }
    }

    /** Returns how many bytes of content the compressed file has; empty if it is damaged. */
    Optional<Long> wholeBytes(Path path, String suffix) throws IOException {
        try (WalFileInputStream bytes = new WalFileInputStream(fileSystem.openForReading(path))) {
            long whole = -1;
            try (InputStream content =
                    requireNonNull(decompressor(suffix), suffix).open(bytes)) {
                whole = content.transferTo(OutputStream.nullOutputStream());
            } catch (IOException | RuntimeException e) { // decompressors throw what they like
                bytes.check();
            }
            return whole < 0 ? Optional.empty() : Optional.of(whole);
        }
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
    static void closeQuietly(Closeable file) {
        try {
            file.close();
        } catch (IOException e) {
            // The failure that brought us here is the one to tell.
        }
    }
}
