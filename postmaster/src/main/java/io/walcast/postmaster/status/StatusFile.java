// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code status.json} in the home of a node, or a file that an operator named: replaced in one step each time, so that who reads it sees one moment. Nothing is
 * synced: it is worth nothing after a crash.
 *
 * <p>Threading: one writer; readers may be other processes.
 */
public final class StatusFile {
    private static final String NAME = "status.json";
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private final Path next;
    private final FileAttribute<?>[] attributes;

    private StatusFile(Path file, List<FileAttribute<?>> attributes) {
        this.file = file;
        this.attributes = attributes.toArray(FileAttribute<?>[]::new);
        next = file.resolveSibling(requireNonNull(file.getFileName(), "file") + ".new");
    }

    /** Makes the one in {@code home}, the owner's alone; nothing is written or read yet. */
    public StatusFile(Path home) {
        this(home.resolve(NAME), List.of(OWNER_ONLY));
    }

    /** Returns one that an operator named, readable for whom the umask lets; nothing is written or read yet. */
    public static StatusFile named(Path file) {
        return new StatusFile(file, List.of());
    }

    /** Replaces the content. */
    public void write(Map<String, ? extends @Nullable Object> status) throws IOException {
        Files.deleteIfExists(next); // of a process that was killed
        Set<StandardOpenOption> create = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(next, create, attributes)) {
            ByteBuffer text = UTF_8.encode(Json.write(status) + "\n");
            while (text.hasRemaining()) {
                channel.write(text);
            }
        }
        try {
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException(file + ": cannot be replaced in one step", e);
        }
    }

    /** Removes it: nobody serves any more. */
    public void remove() throws IOException {
        Files.deleteIfExists(next);
        Files.deleteIfExists(file);
    }

    /**
     * Returns the text that was written last; empty if there is none.
     *
     * @throws IOException if it cannot be read
     */
    Optional<String> text() throws IOException {
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
