// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walcast.core.storage.FileMode;
import io.walcast.core.storage.PosixFileSystem;
import io.walcast.core.storage.WalFile;
import io.walcast.core.storage.WalFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Writes small files that are their owner's alone (mode 0600). What was written is durable when the call returns. */
public final class PrivateFile {
    private static final WalFileSystem FILES = new PosixFileSystem();

    private PrivateFile() {}

    /**
     * Makes a new file.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is something of that name
     */
    public static void create(Path file, String text) throws IOException {
        write(file, text);
        FILES.syncDirectory(directory(file));
    }

    /** Puts a file in the place of what is there: whoever reads sees the old one or the new one, after a crash too. */
    public static void replace(Path file, String text) throws IOException {
        // Not .tmp: a receiver that starts in the same directory removes those, they are its own.
        Path temporary = file.resolveSibling(
                file.getFileName() + "." + ProcessHandle.current().pid() + ".new");
        if (FILES.stat(temporary).isPresent()) { // of a process that is no more
            FILES.delete(temporary);
        }
        write(temporary, text);
        try {
            FILES.rename(temporary, file);
        } catch (IOException e) {
            FILES.delete(temporary);
            throw e;
        }
        FILES.syncDirectory(directory(file));
    }

    private static void write(Path file, String text) throws IOException {
        try (WalFile out = FILES.create(file, FileMode.OWNER)) {
            out.write(ByteBuffer.wrap(text.getBytes(UTF_8)), 0);
            out.force();
        }
    }

    private static Path directory(Path file) {
        Path parent = file.getParent();
        return parent == null ? Path.of(".") : parent;
    }
}
