// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The real file system, by {@link FileChannel}. Nothing is mapped, and no thread that comes here may be interrupted: an
 * interrupt closes the channel.
 *
 * <p>Threading: safe. Stateless but for {@link #LOCKED}, which has to be as wide as the process.
 */
public final class PosixFileSystem implements WalFileSystem {

    /**
     * The lock files held by this process, by device and inode. A POSIX lock belongs to the process, and closing any
     * descriptor of the file gives it up; so a second caller has to be turned away before it opens the file.
     */
    private static final Set<Object> LOCKED = ConcurrentHashMap.newKeySet();

    private static final int MAX_OWNER_BYTES = 256;

    @Override
    public WalFile create(Path file, FileMode mode) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(
                    file,
                    Set.of(
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            LinkOption.NOFOLLOW_LINKS),
                    PosixFilePermissions.asFileAttribute(mode.file()));
        } catch (IOException e) {
            throw DiskFull.told(e, file);
        }
        try {
            if (mode != FileMode.OWNER) {
                Files.setPosixFilePermissions(file, mode.file()); // what the umask took away
            }
            return new PosixFile(file, channel);
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public WalFile open(Path file) throws IOException {
        requireRegular(file);
        return new PosixFile(
                file,
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    }

    @Override
    public WalFile openForReading(Path file) throws IOException {
        requireRegular(file);
        return new PosixFile(file, FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    }

    @Override
    public void createDirectory(Path directory, FileMode mode) throws IOException {
        try {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(mode.directory()));
            if (mode != FileMode.OWNER) {
                Files.setPosixFilePermissions(directory, mode.directory());
            }
        } catch (IOException e) {
            throw DiskFull.told(e, directory);
        }
    }

    @Override
    public boolean isDirectory(Path directory) {
        return Files.isDirectory(directory);
    }

    @Override
    public Optional<FileEntry> stat(Path path) throws IOException {
        try {
            return Optional.of(entry(path));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<FileEntry> list(Path directory) throws IOException {
        List<FileEntry> entries = new ArrayList<>();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory)) {
            for (Path path : paths) {
                stat(path).ifPresent(entries::add); // an archiver may have taken it away meanwhile
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return entries;
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw DiskFull.told(e, to);
        }
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.delete(file);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public @Nullable Closeable lock(Path file, String owner) throws IOException {
        try {
            create(file, FileMode.OWNER).close();
        } catch (FileAlreadyExistsException e) {
            requireRegular(file);
        }
        Object key = key(file);
        if (!LOCKED.add(key)) {
            return null;
        }
        boolean locked = false;
        try {
            FileLock lock = tryLock(file, owner);
            locked = lock != null;
            return lock == null ? null : () -> release(lock, key);
        } finally {
            if (!locked) {
                LOCKED.remove(key);
            }
        }
    }

    @Override
    public String lockOwner(Path file) throws IOException {
        if (LOCKED.contains(key(file))) {
            return "this process"; // reading the file, and closing it, would give up the lock
        }
        try (WalFile channel = openForReading(file)) {
            ByteBuffer text = ByteBuffer.allocate(MAX_OWNER_BYTES);
            channel.read(text, 0);
            return UTF_8.decode(text.flip()).toString().strip();
        }
    }

    private static @Nullable FileLock tryLock(Path file, String owner) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Held by this process through another class loader. Closing the channel would give up that lock: keep it.
            return null;
        }
        if (lock == null) {
            channel.close();
            return null;
        }
        try {
            channel.truncate(0);
            channel.write(UTF_8.encode(owner + "\n"), 0);
        } catch (IOException e) {
            if (!(DiskFull.told(e, file) instanceof DiskFullException)) {
                channel.close();
                throw e;
            }
            // Locked all the same; only the note of who holds it is missing.
        }
        return lock;
    }

    private static void release(FileLock lock, Object key) throws IOException {
        try {
            lock.channel().close(); // gives up the lock
        } finally {
            LOCKED.remove(key);
        }
    }

    private static Object key(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
        return key != null ? key : file.toRealPath();
    }

    private static void requireRegular(Path file) throws IOException {
        FileEntry entry = entry(file);
        if (!entry.isRegular()) {
            throw new IOException(
                    file + ": " + (entry.kind() == FileEntry.Kind.LINK ? "a symbolic link" : "not a regular file"));
        }
    }

    private static FileEntry entry(Path path) throws IOException {
        PosixFileAttributes attributes =
                Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        FileEntry.Kind kind = kind(attributes);
        long size = kind == FileEntry.Kind.REGULAR ? attributes.size() : 0;
        return new FileEntry(String.valueOf(path.getFileName()), kind, size, attributes.permissions());
    }

    private static FileEntry.Kind kind(BasicFileAttributes attributes) {
        if (attributes.isSymbolicLink()) {
            return FileEntry.Kind.LINK;
        }
        if (attributes.isRegularFile()) {
            return FileEntry.Kind.REGULAR;
        }
        return attributes.isDirectory() ? FileEntry.Kind.DIRECTORY : FileEntry.Kind.OTHER;
    }
}
