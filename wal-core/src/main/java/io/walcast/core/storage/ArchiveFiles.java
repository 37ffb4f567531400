// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The files of a directory that somebody else fills: plain and compressed ones, looked at and never touched.
 *
 * <p>Threading: any thread.
 */
final class ArchiveFiles {
    private static final int COPY_BYTES = 256 * 1024;
    private static final int MAX_WARNINGS = 1000;
    private static final AtomicLong TEMPORARY_NUMBER = new AtomicLong();

    private final WalFileSystem fileSystem;
    private final Path directory;
    private final ArchivedWalOptions options;
    private final Map<String, StorageException> unsynced = new ConcurrentHashMap<>();
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    ArchiveFiles(WalFileSystem fileSystem, Path directory, ArchivedWalOptions options) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.options = options;
    }

    Path directory() {
        return directory;
    }

    /** Tells of it, once. */
    void warn(String warning) {
        if (warned.size() < MAX_WARNINGS && warned.add(warning)) {
            options.warnings().accept(warning);
        }
    }

    /** A finished segment's file, whose name and size can be right. */
    record Found(WalFileName name, long size) {}

    /** Returns the names of finished segments that could be read, oldest first, a plain one before a compressed one. */
    List<Found> list() throws IOException {
        List<Found> found = new ArrayList<>();
        for (FileEntry entry : fileSystem.list(directory)) {
            Optional<WalFileName> name = WalFileName.parse(entry.name());
            if (name.isPresent() && !name.get().partial() && entry.isRegular() && isReadable(name.get())) {
                found.add(new Found(name.get(), entry.size()));
            }
        }
        found.sort((a, b) -> a.name().compareTo(b.name()));
        return found;
    }

    /** Returns the newest timeline that has a history file. */
    Optional<TimelineId> newestHistory() throws IOException {
        return fileSystem.list(directory).stream()
                .flatMap(entry -> TimelineHistory.timelineOfFileName(withoutSuffix(entry.name())).stream())
                .max(TimelineId::compareTo);
    }

    private String withoutSuffix(String name) {
        return options.decompressors().stream()
                .map(SegmentDecompressor::suffix)
                .filter(name::endsWith)
                .findFirst()
                .map(suffix -> name.substring(0, name.length() - suffix.length()))
                .orElse(name);
    }

    private boolean isReadable(WalFileName name) {
        return name.isPlain() || decompressor(name.compression()) != null;
    }

    private @Nullable SegmentDecompressor decompressor(String suffix) {
        return options.decompressors().stream()
                .filter(known -> known.suffix().equals(suffix))
                .findFirst()
                .orElse(null);
    }

    /** Returns the file of a segment, or null if there is none; a plain one of a wrong size is none. */
    @Nullable
    Found find(SegmentName name, SegmentSize size) throws IOException {
        String plain = name.fileName(size);
        FileEntry entry = regular(plain);
        if (entry != null && entry.size() == size.bytes()) {
            return new Found(new WalFileName(plain, "", false), entry.size());
        }
        for (SegmentDecompressor decompressor : options.decompressors()) {
            FileEntry compressed = regular(plain + decompressor.suffix());
            if (compressed != null) {
                return new Found(new WalFileName(plain, decompressor.suffix(), false), compressed.size());
            }
        }
        return null;
    }

    /** Returns the size of the plain file of a segment if it is wrong. */
    Optional<Long> wrongSize(SegmentName name, SegmentSize size) throws IOException {
        FileEntry entry = regular(name.fileName(size));
        return Optional.ofNullable(entry).map(FileEntry::size).filter(bytes -> bytes != size.bytes());
    }

    private @Nullable FileEntry regular(String name) throws IOException {
        FileEntry entry = fileSystem.stat(directory.resolve(name)).orElse(null);
        if (entry != null && !entry.isRegular()) {
            warn("file \"" + name + "\" is not a regular file, skipping");
            return null;
        }
        return entry;
    }

    /** Returns the content of a history file and its size on disk, synced; null if there is none. */
    byte @Nullable [] history(TimelineId timeline) throws IOException {
        String plain = TimelineHistory.fileName(timeline);
        if (regular(plain) != null) {
            return read(plain, null);
        }
        for (SegmentDecompressor decompressor : options.decompressors()) {
            if (regular(plain + decompressor.suffix()) != null) {
                return read(plain + decompressor.suffix(), decompressor);
            }
        }
        return null;
    }

    private byte @Nullable [] read(String name, @Nullable SegmentDecompressor decompressor) throws IOException {
        WalFile file = openIfThere(name);
        if (file == null) {
            return null;
        }
        try (WalFile owned = file) {
            sync(owned, name);
            InputStream bytes = new WalFileInputStream(owned);
            byte[] content =
                    (decompressor == null ? bytes : decompressor.open(bytes)).readNBytes(TimelineHistory.MAX_BYTES + 1);
            if (content.length > TimelineHistory.MAX_BYTES) {
                throw new StorageException(
                        SqlState.PROGRAM_LIMIT_EXCEEDED,
                        "history file \"%s\" has more than %d bytes".formatted(name, TimelineHistory.MAX_BYTES),
                        null);
            }
            return content;
        }
    }

    /** Returns what the first page of the file tells, or empty if nothing that fits its name and size. */
    Optional<ServedCluster> cluster(Found found) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(LongPageHeader.BYTES);
        WalFile file = openIfThere(found.name().fileName());
        if (file == null) {
            return Optional.empty();
        }
        if (found.name().isPlain()) {
            try (WalFile owned = file) {
                owned.readFully(header, 0);
            }
        } else {
            try (InputStream content = decompressed(found, file)) {
                header.put(content.readNBytes(LongPageHeader.BYTES));
            }
        }
        return LongPageHeader.cluster(header, found.name())
                .filter(cluster -> !found.name().isPlain()
                        || cluster.identity().segmentSize().bytes() == found.size());
    }

    /**
     * Makes the file durable and looks at all of it that can be checked: a compressed one is decompressed.
     *
     * @throws StorageException with XX001 if it is not the segment that its name says
     */
    void check(Found found, SegmentName name, ServedCluster cluster) throws IOException {
        try (ServedFile file = open(found, name, cluster)) {
            if (file == null) {
                throw new NoSuchFileException(found.name().fileName());
            }
        }
    }

    /**
     * Opens the segment, synced; a compressed one is decompressed to a temporary file, without a name, that goes away when it
     * is closed.
     *
     * @return null if it is gone
     * @throws StorageException with XX001 if it is not the segment that its name says; 53100 if there is no room for the
     *     temporary file
     */
    @Nullable
    ServedFile open(Found found, SegmentName name, ServedCluster cluster) throws IOException {
        WalFile file = openIfThere(found.name().fileName());
        if (file == null) {
            return null;
        }
        boolean handedOn = false;
        try {
            sync(file, found.name().fileName());
            syncDirectory();
            handedOn = true;
        } finally {
            if (!handedOn) {
                DirectoryLayout.closeQuietly(file);
            }
        }
        boolean plain = found.name().isPlain();
        WalFile content =
                plain ? file : decompress(found, file, cluster.identity().segmentSize());
        return ServedFile.take(
                content, name, cluster, cluster.identity().segmentSize().bytes(), () -> false, !plain);
    }

    private @Nullable WalFile openIfThere(String name) throws IOException {
        try {
            return fileSystem.openForReading(directory.resolve(name));
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private void sync(WalFile file, String name) {
        if (options.sync()) {
            once(name, file::force);
        }
    }

    private void syncDirectory() {
        if (options.sync()) {
            once("", () -> fileSystem.syncDirectory(directory));
        }
    }

    /** A call to the disk. */
    @FunctionalInterface
    private interface Sync {
        void run() throws IOException;
    }

    /** Syncs, unless that has failed before: the kernel would say "done" the second time, whatever is on disk. */
    private void once(String name, Sync sync) {
        StorageException before = unsynced.get(name);
        if (before != null) {
            throw before;
        }
        try {
            sync.run();
        } catch (IOException e) {
            String what = name.isEmpty() ? "directory \"" + directory + "\"" : "file \"" + name + "\"";
            StorageException failure = new StorageException("could not sync " + what + ": " + e.getMessage(), e);
            unsynced.put(name, failure);
            throw failure;
        }
    }

    private InputStream decompressed(Found found, WalFile file) throws IOException {
        SegmentDecompressor decompressor = decompressor(found.name().compression());
        boolean opened = false;
        try {
            if (decompressor == null) {
                throw new IOException("nothing decompresses " + found.name().compression());
            }
            InputStream content = decompressor.open(new WalFileInputStream(file));
            opened = true;
            return content;
        } finally {
            if (!opened) {
                DirectoryLayout.closeQuietly(file);
            }
        }
    }

    private WalFile decompress(Found found, WalFile compressed, SegmentSize size) throws IOException {
        WalFile target;
        try {
            target = temporary();
        } catch (IOException e) {
            DirectoryLayout.closeQuietly(compressed);
            throw new StorageException("could not make a temporary file: " + e.getMessage(), e);
        }
        boolean whole = false;
        try (InputStream content = decompressed(found, compressed)) {
            copy(content, target, size);
            whole = true;
            return target;
        } catch (DiskFullException e) {
            throw StorageException.diskFull(String.valueOf(e.getMessage()), e);
        } catch (IOException | RuntimeException e) { // decompressors throw what they like
            throw new StorageException(
                    SqlState.DATA_CORRUPTED,
                    "could not decompress file \"%s\": %s"
                            .formatted(found.name().fileName(), e.getMessage() == null ? e : e.getMessage()),
                    e);
        } finally {
            if (!whole) {
                DirectoryLayout.closeQuietly(target);
            }
        }
    }

    private WalFile temporary() throws IOException {
        Path path = options.temporaryDirectory()
                .resolve("segment-%d-%d.new"
                        .formatted(ProcessHandle.current().pid(), TEMPORARY_NUMBER.incrementAndGet()));
        WalFile file = fileSystem.create(path, FileMode.OWNER);
        fileSystem.delete(path);
        return file;
    }

    private static void copy(InputStream content, WalFile target, SegmentSize size) throws IOException {
        byte[] block = new byte[COPY_BYTES];
        long at = 0;
        for (int read = content.read(block); read >= 0; read = content.read(block)) {
            if (at + read > size.bytes()) {
                throw new IOException("it expands past " + size.bytes() + " bytes");
            }
            target.write(ByteBuffer.wrap(block, 0, read), at);
            at += read;
        }
        if (at < size.bytes()) {
            throw new EOFException("%d of %d bytes".formatted(at, size.bytes()));
        }
    }
}
