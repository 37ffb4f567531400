// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.testkit.postgres.PostgresBinaries;
import io.walcast.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * A PostgreSQL server that holds a range of WAL and writes no more.
 *
 * <p>One replication slot is reserved at the start of the range; every receiver gets a copy of it, so all begin with the
 * same segment.
 */
final class WalSource implements AutoCloseable {
    private static final String ORIGIN = "origin";
    private static final int MAX_WAL_SENDERS = 10;
    private static final int MESSAGE_BYTES = 1 << 18;
    private static final int MD5_CHARACTERS = 32;
    /** Of WAL; the rest is headers of pages and records. */
    private static final int PERCENT_PAYLOAD = 99;

    private static final String EMIT = "SELECT count(pg_logical_emit_message(true, 'walcast', repeat(md5(n::text), "
            + MESSAGE_BYTES / MD5_CHARACTERS
            + "))) FROM generate_series(1, %d) n";

    private static final int ROWS = 50_000;
    private static final String[] WRITE_ROWS = {
        "INSERT INTO walcast_rows SELECT n, md5(n::text) FROM generate_series((SELECT coalesce(max(id), 0) FROM "
                + "walcast_rows) + 1, (SELECT coalesce(max(id), 0) FROM walcast_rows) + " + ROWS + ") n",
        "UPDATE walcast_rows SET val = md5(val) WHERE id > (SELECT max(id) FROM walcast_rows) - " + ROWS / 2
    };

    private final PostgresServer server;
    private final Lsn start;
    private final Lsn end;

    private WalSource(PostgresServer server, Lsn start, Lsn end) {
        this.server = server;
        this.start = start;
        this.end = end;
    }

    /** Starts a server below {@code directory} and has it write {@code size} bytes of WAL. */
    static WalSource create(PostgresBinaries binaries, Path directory, ByteSize size) {
        return create(binaries, directory, size, MAX_WAL_SENDERS);
    }

    /** Does so with a server that has room for {@code walSenders} at once. */
    static WalSource create(PostgresBinaries binaries, Path directory, ByteSize size, int walSenders) {
        return create(binaries, directory, walSenders, server -> emitMessages(server, size));
    }

    /** Starts a server below {@code directory} and has it write {@code size} bytes of WAL that inserts and updates rows. */
    static WalSource createOfRows(PostgresBinaries binaries, Path directory, ByteSize size) {
        return create(binaries, directory, MAX_WAL_SENDERS, server -> writeRows(server, size));
    }

    private static WalSource create(
            PostgresBinaries binaries, Path directory, int walSenders, Function<PostgresServer, WalSource> generate) {
        PostgresServer.Options options = PostgresServer.Options.of(binaries)
                .withDirectory(directory)
                .withConfiguration("autovacuum", "off")
                .withConfiguration("checkpoint_timeout", "1h")
                .withConfiguration("max_wal_size", "100GB")
                .withConfiguration("wal_buffers", "16MB")
                .withConfiguration("max_wal_senders", Integer.toString(walSenders));
        PostgresServer server = PostgresServer.start(options);
        try {
            return generate.apply(server);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private static WalSource emitMessages(PostgresServer server, ByteSize size) {
        Lsn start = reserve(server);
        Lsn end = start.plus(size.bytes());
        // A receiver ends when it has more than it was asked for, so there must be more; little, and the same for each.
        while (!server.flushLsn().isAfter(end)) {
            long left = end.minus(server.flushLsn());
            server.execute(EMIT.formatted(Math.max(1, left / MESSAGE_BYTES * PERCENT_PAYLOAD / 100)));
        }
        return new WalSource(server, start, end);
    }

    private static WalSource writeRows(PostgresServer server, ByteSize size) {
        server.execute("CREATE TABLE walcast_rows (id bigint PRIMARY KEY, val text)");
        Lsn start = reserve(server);
        Lsn end = start.plus(size.bytes());
        while (!server.flushLsn().isAfter(end)) {
            server.execute(WRITE_ROWS);
        }
        return new WalSource(server, start, end);
    }

    /** Has the server keep its WAL from the start of a new segment on, and returns that. */
    private static Lsn reserve(PostgresServer server) {
        server.switchWal();
        server.execute("CHECKPOINT", "SELECT pg_create_physical_replication_slot('" + ORIGIN + "', true)");
        Lsn reserved =
                Lsn.parse(requireNonNull(server.query("SELECT restart_lsn FROM pg_replication_slots"), "restart_lsn"));
        return server.segmentSize().startOfSegment(reserved);
    }

    /** Makes a slot from which streaming begins at {@link #start}. */
    void createSlot(String name) {
        server.execute("SELECT pg_copy_physical_replication_slot('%s', '%s')".formatted(ORIGIN, name));
    }

    void dropSlot(String name) {
        server.execute("SELECT pg_drop_replication_slot('" + name + "')");
    }

    /** Gives every finished segment of the range, and the one in which it ends, a second name in {@code directory}. */
    void linkSegments(Path directory) {
        server.switchWal();
        SegmentSize size = server.segmentSize();
        SegmentName next = firstSegment();
        try {
            while (!next.start(size).isAfter(end)) {
                String name = next.fileName(size);
                Files.createLink(directory.resolve(name), server.walDirectory().resolve(name));
                next = next.next();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the segment that the range begins with. */
    SegmentName firstSegment() {
        return SegmentName.containing(TimelineId.FIRST, start, server.segmentSize());
    }

    PostgresServer server() {
        return server;
    }

    String conninfo() {
        return server.conninfo("");
    }

    String serverVersion() {
        return requireNonNull(server.query("SHOW server_version"), "server_version");
    }

    Lsn start() {
        return start;
    }

    Lsn end() {
        return end;
    }

    @Override
    public void close() {
        server.close();
    }
}
