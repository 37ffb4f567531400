// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import io.walcast.core.Lsn;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** WAL with almost every kind of record there is. */
final class VariedLoad {
    private VariedLoad() {}

    /** Returns the options of a server that can bear the load, and keeps its WAL. */
    static Options options(int major) {
        return Options.of(major)
                .withWalSegmentSizeMb(1)
                .withConfiguration("wal_level", "logical")
                .withConfiguration("max_prepared_transactions", "5")
                .withConfiguration("track_commit_timestamp", "on")
                .withConfiguration("wal_log_hints", "on")
                .withConfiguration("autovacuum", "off")
                .withConfiguration("max_wal_size", "1GB")
                .withConfiguration("wal_keep_size", "1GB");
    }

    /** Puts the load on {@code server} and stops it; returns where the load's WAL begins. */
    static Lsn run(PostgresServer server) {
        server.switchWal();
        Lsn start = server.segmentSize().startOfSegment(server.flushLsn());
        server.execute(statements());
        if (server.major() >= 15) {
            server.execute("CREATE DATABASE copied STRATEGY file_copy");
        } else {
            server.execute("CREATE DATABASE copied");
        }
        server.execute("DROP DATABASE copied");
        tablespace(server);
        server.stop(PostgresServer.Mode.FAST);
        return start;
    }

    private static void tablespace(PostgresServer server) {
        Path directory = server.dataDirectory().resolveSibling("a_tablespace");
        server.execute("COPY (SELECT 1) TO PROGRAM 'cat >/dev/null; mkdir -m 700 \"" + directory + "\"'");
        server.execute(
                "CREATE TABLESPACE elsewhere LOCATION '" + directory + "'",
                "CREATE TABLE there (a int) TABLESPACE elsewhere",
                "INSERT INTO there VALUES (1)",
                "DROP TABLE there",
                "DROP TABLESPACE elsewhere");
    }

    private static String[] statements() {
        try (InputStream in = VariedLoad.class.getResourceAsStream("/waldump/load.sql")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toArray(String[]::new);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
