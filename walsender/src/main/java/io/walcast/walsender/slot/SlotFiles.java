// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import io.walcast.core.error.RefusedException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.core.storage.DiskFullException;
import io.walcast.core.storage.FileEntry;
import io.walcast.core.storage.FileMode;
import io.walcast.core.storage.StorageFailure;
import io.walcast.core.storage.WalFile;
import io.walcast.core.storage.WalFileSystem;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The directory {@code pg_replslot}: one directory a slot, with the file {@code state} in it. Locked while it is open.
 *
 * <ul>
 *   <li>Made: {@code NAME.tmp} with its state, all synced; renamed to {@code NAME}; {@code pg_replslot} synced.
 *   <li>Saved: {@code state.tmp} written and synced, renamed to {@code state}, the directory synced.
 *   <li>Dropped: renamed to {@code NAME.tmp}, {@code pg_replslot} synced; then the files are removed.
 *   <li>At start whatever ends in {@code .tmp} goes, and every state is written again: an earlier process's sync may have
 *       failed, and no later one would tell.
 * </ul>
 *
 * <p>So that states can be saved, and WAL be given up, on a full disk, some room is kept in the file {@code .reserve}. When that is
 * used up too, a full disk is told with 53100 and changes nothing. Any other failure is the last act of this storage.
 *
 * <p>Threading: one call at a time. Every call blocks until the disk has done it.
 */
final class SlotFiles implements AutoCloseable {
    private static final String TEMPORARY = ".tmp";
    private static final String STATE = "state";

    // No slot can have a name with a dot in it.
    private static final String LOCK = ".lock";
    private static final String RESERVE = ".reserve";

    /** A state, its directory's growth, and as much again. */
    private static final int RESERVE_BYTES = 16 * 1024;

    private final WalFileSystem fileSystem;
    private final Path directory;
    private final FileMode mode;
    private final Closeable lock;
    private final StorageFailure failure = new StorageFailure();
    private boolean reserved;

    private SlotFiles(WalFileSystem fileSystem, Path directory, FileMode mode, Closeable lock) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.mode = mode;
        this.lock = lock;
    }

    /**
     * Makes the directory if it is missing, and locks it.
     *
     * @throws RefusedException with 55006 if somebody else has it open
     */
    static SlotFiles open(WalFileSystem fileSystem, Path directory, FileMode mode) {
        try {
            Optional<FileEntry> entry = fileSystem.stat(directory);
            entry.ifPresent(found -> requireNoLink(directory, found));
            if (entry.isEmpty()) {
                fileSystem.createDirectory(directory, mode);
            }
            syncDirectory(fileSystem, parent(directory));
            Path file = directory.resolve(LOCK);
            Closeable lock =
                    fileSystem.lock(file, "PID " + ProcessHandle.current().pid());
            if (lock == null) {
                throw new RefusedException(
                        SqlState.OBJECT_IN_USE,
                        "directory \"%s\" is in use by another process (%s)"
                                .formatted(directory, fileSystem.lockOwner(file)));
            }
            return new SlotFiles(fileSystem, directory, mode, lock);
        } catch (IOException e) {
            throw StorageFailure.describe("could not open directory \"" + directory + "\"", e);
        }
    }

    private static void requireNoLink(Path path, FileEntry entry) {
        if (entry.kind() == FileEntry.Kind.LINK) {
            throw new StorageException(
                    SqlState.INSUFFICIENT_PRIVILEGE,
                    "directory \"" + path + "\": will not follow a symbolic link",
                    null);
        }
    }

    private static Path parent(Path directory) {
        Path parent = directory.toAbsolutePath().getParent();
        return parent == null ? directory : parent;
    }

    /**
     * Returns what is stored, after what was left over is gone. All of it is read before anything is changed.
     *
     * @throws StorageException with XX001, naming the file, if a state is damaged or missing; 53100 if there is no room to write
     *     the states again
     */
    List<SlotState> load() {
        List<SlotState> kept = new ArrayList<>();
        change("could not read directory \"" + directory + "\"", () -> {
            List<String> leftOver = new ArrayList<>();
            for (FileEntry entry : fileSystem.list(directory)) {
                requireNoLink(directory.resolve(entry.name()), entry);
                if (entry.kind() != FileEntry.Kind.DIRECTORY) {
                    continue;
                }
                if (entry.name().endsWith(TEMPORARY)) {
                    leftOver.add(entry.name());
                } else {
                    SlotState state = read(entry.name());
                    if (state.persistency() == SlotPersistency.PERSISTENT) {
                        kept.add(state);
                    } else {
                        leftOver.add(entry.name());
                    }
                }
            }
            for (String name : leftOver) {
                remove(directory.resolve(name));
            }
            syncDirectory(directory);
            reserved = fileSystem.stat(directory.resolve(RESERVE)).isPresent();
            for (SlotState state : kept) {
                replace(state);
            }
        });
        return kept;
    }

    private SlotState read(String name) throws IOException {
        Path file = path(name).resolve(STATE);
        Optional<FileEntry> entry = fileSystem.stat(file);
        if (entry.isEmpty() || !entry.get().isRegular()) {
            throw new StorageException(
                    SqlState.DATA_CORRUPTED, "replication slot file \"" + file + "\" is not there", null);
        }
        ByteBuffer content = ByteBuffer.allocate((int) Math.min(entry.get().size(), SlotStateCodec.BYTES + 1));
        try (WalFile state = fileSystem.openForReading(file)) {
            state.readFully(content, 0);
        }
        return SlotStateCodec.decode(content.array(), name, file);
    }

    /**
     * Makes a slot's files; they are durable when this returns.
     *
     * @throws StorageException with 53100 if the disk is full; nothing is left behind then
     */
    void create(SlotState state) {
        Path temporary = temporary(state.name());
        change("could not create replication slot \"" + state.name() + "\"", () -> {
            if (fileSystem.stat(temporary).isPresent()) {
                remove(temporary); // from an attempt that met a full disk
            }
            try {
                fileSystem.createDirectory(temporary, mode);
                write(temporary, state);
                fileSystem.rename(temporary, path(state.name()));
            } catch (DiskFullException e) {
                if (fileSystem.stat(temporary).isPresent()) {
                    remove(temporary);
                }
                throw e;
            }
            syncDirectory(directory);
        });
    }

    /**
     * Replaces a slot's state; it is durable when this returns.
     *
     * @throws StorageException with 53100 if the disk is full; the old state is the one that counts then
     */
    void save(SlotState state) {
        change("could not save replication slot \"" + state.name() + "\"", () -> replace(state));
    }

    private void replace(SlotState state) throws IOException {
        try {
            write(path(state.name()), state);
        } catch (DiskFullException e) {
            if (!reserved) {
                throw e;
            }
            fileSystem.delete(directory.resolve(RESERVE));
            reserved = false;
            write(path(state.name()), state);
        }
        reserve();
    }

    private void reserve() throws IOException {
        if (reserved) {
            return;
        }
        Path path = directory.resolve(RESERVE);
        try {
            try (WalFile file = fileSystem.create(path, mode)) {
                file.write(ByteBuffer.allocate(RESERVE_BYTES), 0);
                force(file);
            }
            reserved = true;
        } catch (DiskFullException e) {
            if (fileSystem.stat(path).isPresent()) {
                fileSystem.delete(path); // a later call will find room
            }
        }
    }

    /**
     * Removes a slot's files; it is gone for good when this returns.
     *
     * @throws StorageException with 53100 if the disk is full; the slot is still there then
     */
    void drop(String name) {
        Path temporary = temporary(name);
        change("could not drop replication slot \"" + name + "\"", () -> {
            if (fileSystem.stat(temporary).isPresent()) {
                remove(temporary);
            }
            fileSystem.rename(path(name), temporary);
            syncDirectory(directory);
            remove(temporary);
        });
    }

    private void write(Path slot, SlotState state) throws IOException {
        Path temporary = slot.resolve(STATE + TEMPORARY);
        if (fileSystem.stat(temporary).isPresent()) {
            fileSystem.delete(temporary);
        }
        try {
            try (WalFile file = fileSystem.create(temporary, mode)) {
                file.write(ByteBuffer.wrap(SlotStateCodec.encode(state)), 0);
                force(file);
            }
            fileSystem.rename(temporary, slot.resolve(STATE));
        } catch (DiskFullException e) {
            if (fileSystem.stat(temporary).isPresent()) {
                fileSystem.delete(temporary);
            }
            throw e;
        }
        syncDirectory(slot);
    }

    private void remove(Path slot) throws IOException {
        for (FileEntry entry : fileSystem.list(slot)) {
            fileSystem.delete(slot.resolve(entry.name()));
        }
        fileSystem.delete(slot);
    }

    private Path path(String name) {
        return directory.resolve(name);
    }

    private Path temporary(String name) {
        return directory.resolve(name + TEMPORARY);
    }

    /** A full disk counts as a failure here. */
    private static void force(WalFile file) throws IOException {
        try {
            file.force();
        } catch (DiskFullException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void syncDirectory(Path which) throws IOException {
        syncDirectory(fileSystem, which);
    }

    /** A full disk counts as a failure here. */
    private static void syncDirectory(WalFileSystem fileSystem, Path which) throws IOException {
        try {
            fileSystem.syncDirectory(which);
        } catch (DiskFullException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void change(String what, Change change) {
        failure.check();
        try {
            change.run();
        } catch (DiskFullException e) {
            throw StorageFailure.describe(what, e);
        } catch (IOException e) {
            throw failure.fail(what, e);
        } catch (Error e) {
            failure.fail(what, e);
            throw e;
        }
    }

    private interface Change {
        void run() throws IOException;
    }

    /** Returns whether nothing can be changed any more. */
    boolean hasFailed() {
        return failure.happened();
    }

    /** Gives up the lock. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw StorageFailure.describe("could not unlock directory \"" + directory + "\"", e);
        }
    }
}
