// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An online copy of a server's files: what pg_basebackup does, but by SQL and a plain copy, since the binaries have no
 * client programs. The copy has no WAL; it fetches all it needs by streaming.
 */
final class BaseBackup {
    /** A standby refuses to start with less of these than its primary had. */
    private static final List<String> INHERITED = List.of(
            "max_connections",
            "max_worker_processes",
            "max_wal_senders",
            "max_prepared_transactions",
            "max_locks_per_transaction",
            "wal_level");

    private static final Set<String> EMPTIED_DIRECTORIES = Set.of(
            "pg_wal",
            "pg_dynshmem",
            "pg_notify",
            "pg_replslot",
            "pg_serial",
            "pg_snapshots",
            "pg_stat_tmp",
            "pg_subtrans");

    private static final Set<String> LEFT_OUT = Set.of(
            "postmaster.pid",
            "postmaster.opts",
            "postgresql.auto.conf.tmp",
            "current_logfiles.tmp",
            "pg_internal.init",
            "backup_label",
            "backup_label.old",
            "backup_manifest",
            "tablespace_map",
            "tablespace_map.old",
            "standby.signal",
            "recovery.signal");

    private static final Path CONTROL_FILE = Path.of("global", "pg_control");
    private static final int FIRST_WITH_SHORT_NAMES = 15;

    private BaseBackup() {}

    static Map<String, String> inheritedConfiguration(PostgresServer primary) {
        Map<String, String> settings = new HashMap<>();
        for (String name : INHERITED) {
            String value = primary.query("SHOW " + name);
            if (value != null) {
                settings.put(name, value);
            }
        }
        return settings;
    }

    /** Copies the files of {@code primary}, which runs, to {@code target}, and makes them those of a standby. */
    static void copy(PostgresServer primary, Path target) {
        boolean shortNames = primary.major() >= FIRST_WITH_SHORT_NAMES;
        String start = shortNames
                ? "SELECT pg_backup_start('walcast', true)"
                : "SELECT pg_start_backup('walcast', true, false)";
        String stop = shortNames
                ? "SELECT labelfile, spcmapfile FROM pg_backup_stop(false)"
                : "SELECT labelfile, spcmapfile FROM pg_stop_backup(false, false)";
        try (Connection session = primary.connect();
                Statement statement = session.createStatement()) {
            statement.execute(start);
            copyFiles(primary.dataDirectory(), target);
            try (ResultSet end = statement.executeQuery(stop)) {
                end.next();
                Files.writeString(target.resolve("backup_label"), end.getString(1));
                String tablespaces = end.getString(2);
                if (tablespaces != null && !tablespaces.isEmpty()) {
                    Files.writeString(target.resolve("tablespace_map"), tablespaces);
                }
            }
            Files.createFile(target.resolve("standby.signal"));
        } catch (SQLException e) {
            throw new PostgresException("backup of port " + primary.port() + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copyFiles(Path source, Path target) throws IOException {
        requireNoTablespaces(source.resolve("pg_tblspc"));
        Files.walkFileTree(source, new Copy(source, target));
        Files.createDirectories(
                target.resolve("pg_wal").resolve("archive_status"),
                PosixFilePermissions.asFileAttribute(Files.getPosixFilePermissions(source)));
        Files.copy(source.resolve(CONTROL_FILE), target.resolve(CONTROL_FILE), StandardCopyOption.COPY_ATTRIBUTES);
    }

    private static void requireNoTablespaces(Path links) throws IOException {
        try (DirectoryStream<Path> tablespaces = Files.newDirectoryStream(links)) {
            if (tablespaces.iterator().hasNext()) {
                throw new PostgresException("pg_tblspc: not empty (expected: a server without tablespaces)");
            }
        }
    }

    /** Files that vanish while they are copied are not missed: replay removes them in the copy too. */
    private static final class Copy extends SimpleFileVisitor<Path> {
        private final Path source;
        private final Path target;

        private Copy(Path source, Path target) {
            this.source = source;
            this.target = target;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
            Path relative = source.relativize(directory);
            if (relative.getFileName().toString().startsWith("pgsql_tmp")) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectory(
                    target.resolve(relative),
                    PosixFilePermissions.asFileAttribute(Files.getPosixFilePermissions(directory)));
            return EMPTIED_DIRECTORIES.contains(relative.toString())
                    ? FileVisitResult.SKIP_SUBTREE
                    : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Path relative = source.relativize(file);
            String name = relative.getFileName().toString();
            if (relative.equals(CONTROL_FILE) || LEFT_OUT.contains(name) || name.startsWith("pgsql_tmp")) {
                return FileVisitResult.CONTINUE;
            }
            try {
                Files.copy(file, target.resolve(relative), StandardCopyOption.COPY_ATTRIBUTES);
            } catch (NoSuchFileException e) {
                Files.deleteIfExists(target.resolve(relative));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            if (failure != null && !(failure instanceof NoSuchFileException)) {
                throw failure;
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
