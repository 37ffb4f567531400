// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.postgres;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * A {@code .txz} unpacked into a directory that all JVMs of one user share.
 *
 * <p>It is unpacked beside its place and renamed, so that what has the name is whole; of several JVMs that unpack at
 * once, the first rename wins. Everything is readable by all users, as the server may have to run as another one.
 */
final class UnpackedArchive {
    private static final Set<PosixFilePermission> PROGRAM = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-r--r--");
    private static final int OWNER_EXECUTE = 0100;

    private UnpackedArchive() {}

    interface Source {
        InputStream open() throws IOException;
    }

    /** Returns what tells two archives of the same name apart. */
    static String key(ZipEntry entry) {
        return "%d-%08x".formatted(entry.getSize(), entry.getCrc());
    }

    static Path of(String name, Source archive) throws IOException {
        Path cache = cacheDirectory();
        Path unpacked = cache.resolve(name);
        if (Files.isDirectory(unpacked)) {
            return unpacked;
        }
        Path working = Files.createTempDirectory(cache, "unpacking-");
        try {
            try (InputStream in = archive.open()) {
                unpack(in, working);
            }
            Files.setPosixFilePermissions(working, PROGRAM);
            Files.move(working, unpacked, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(unpacked)) {
                throw e;
            }
        } finally {
            FileTree.delete(working);
        }
        return unpacked;
    }

    /** A directory of another user by that name is refused: it could hold anything. */
    private static Path cacheDirectory() throws IOException {
        String user = System.getProperty("user.name").replaceAll("[^A-Za-z0-9._-]", "_");
        Path cache = Path.of(System.getProperty("java.io.tmpdir")).resolve("walcast-postgres-" + user);
        Files.createDirectories(cache);
        Path probe = Files.createTempFile(cache, "owner-", "");
        try {
            if (!Files.getOwner(cache).equals(Files.getOwner(probe)) || Files.isSymbolicLink(cache)) {
                throw new PostgresException(cache + ": belongs to another user");
            }
            Files.setPosixFilePermissions(cache, PROGRAM);
        } finally {
            Files.delete(probe);
        }
        return cache;
    }

    private static void unpack(InputStream in, Path directory) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(in)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path target = directory.resolve(entry.getName()).normalize();
                if (!target.startsWith(directory)) {
                    throw new IOException("entry leads out of the archive: " + entry.getName());
                }
                unpack(tar, entry, target);
            }
        }
    }

    private static void unpack(InputStream content, TarArchiveEntry entry, Path target) throws IOException {
        if (entry.isDirectory()) {
            createDirectories(target);
            return;
        }
        Path parent = target.getParent();
        if (parent != null) {
            createDirectories(parent);
        }
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
            Files.copy(content, target);
            Files.setPosixFilePermissions(target, (entry.getMode() & OWNER_EXECUTE) == 0 ? FILE : PROGRAM);
        }
    }

    private static void createDirectories(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Path parent = directory.getParent();
            if (parent != null) {
                createDirectories(parent);
            }
            Files.createDirectory(directory);
            Files.setPosixFilePermissions(directory, PROGRAM);
        }
    }
}
