// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import io.walcast.core.Lsn;
import io.walcast.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** The slots of a real server: its view, and its files. */
final class RealSlots {
    private RealSlots() {}

    /** Returns the rows of a query, by column name; NULL as null. */
    static List<Map<String, @Nullable String>> rows(PostgresServer server, String sql) {
        List<Map<String, @Nullable String>> rows = new ArrayList<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                Map<String, @Nullable String> row = new TreeMap<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.put(result.getMetaData().getColumnLabel(i), result.getString(i));
                }
                rows.add(row);
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    static Path files(PostgresServer server) {
        return server.dataDirectory().resolve("pg_replslot");
    }

    static byte[] state(PostgresServer server, String slot) throws IOException {
        return Files.readAllBytes(files(server).resolve(slot).resolve("state"));
    }

    /** Copies the files of slots; the copies belong to whom {@code target} belongs to. */
    static void copy(Path source, Path target) throws IOException {
        UserPrincipal owner = Files.getOwner(target);
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                if (!directory.equals(source)) {
                    give(Files.createDirectory(target.resolve(source.relativize(directory))));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!source.equals(file.getParent())) {
                    give(Files.copy(file, target.resolve(source.relativize(file))));
                }
                return FileVisitResult.CONTINUE;
            }

            private void give(Path path) throws IOException {
                if (!Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).equals(owner)) {
                    Files.setOwner(path, owner);
                }
            }
        });
    }

    static @Nullable String text(@Nullable Lsn lsn) {
        return lsn == null ? null : lsn.toString();
    }

    static @Nullable String text(@Nullable Number number) {
        return number == null ? null : number.toString();
    }

    /** Runs {@code sql}, which is to fail; returns its error. */
    static ServerErrorMessage error(PostgresServer server, String sql) {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (PSQLException e) {
            ServerErrorMessage message = e.getServerErrorMessage();
            if (message != null) {
                return message;
            }
            throw new UncheckedIOException(new IOException(e));
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
        throw new AssertionError("no error: " + sql);
    }
}
