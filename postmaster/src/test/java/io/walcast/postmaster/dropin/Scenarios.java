// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.dropin;

import io.walcast.core.Lsn;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.Tool.Running;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/** The situations, all with the one server. */
final class Scenarios {
    private static final String STREAMS = "starting log streaming at ";

    private Scenarios() {}

    static Stream<Scenario> all() {
        return Stream.of(streaming(), ends(), positions(), slots(), lostConnections(), oddDirectories(), connecting())
                .flatMap(List::stream);
    }

    private static List<Scenario> streaming() {
        return List.of(
                new Scenario("first start, over a segment end, SIGINT", side -> {
                    try (Running running = side.start("-v")) {
                        side.catchUp();
                        side.server().switchWal();
                        write(side);
                        side.catchUp();
                        side.interrupt(running);
                    }
                }),
                new Scenario("restart, SIGTERM, not verbose", side -> {
                    receive(side);
                    try (Running running = side.start()) {
                        write(side);
                        side.catchUp();
                        running.terminate();
                        side.ended(running);
                    }
                }),
                new Scenario("no status by time, no sync", side -> {
                    try (Running running = side.start("-v", "-s0", "--no-sync")) {
                        side.catchUp();
                        side.interrupt(running);
                    }
                }),
                new Scenario("synchronous", side -> {
                    try (Running running = side.start("-v", "--synchronous")) {
                        write(side);
                        side.awaitFlush(side.catchUp());
                        side.interrupt(running);
                    }
                }));
    }

    private static List<Scenario> ends() {
        return List.of(
                new Scenario("end position ahead", side -> {
                    Lsn end = side.server().flushLsn();
                    try (Running running = side.start("-v", "-n", "--synchronous", "--endpos=" + end)) {
                        side.awaitMessage(running, STREAMS);
                        write(side);
                        side.ended(running);
                    }
                }),
                new Scenario("end position at a segment end", side -> {
                    Lsn end = side.server().flushLsn().plus(1);
                    try (Running running = side.start("-v", "-n", "-E", end.toString())) {
                        side.awaitMessage(running, STREAMS);
                        side.catchUp();
                        side.server().switchWal();
                        write(side);
                        side.ended(running);
                    }
                }),
                new Scenario("end position behind the files", side -> {
                    Lsn end = side.server().flushLsn();
                    try (Running running = side.start()) {
                        side.server().switchWal();
                        write(side);
                        side.catchUp();
                        side.interrupt(running);
                    }
                    side.run("-v", "-n", "-E", end.toString());
                }));
    }

    private static List<Scenario> positions() {
        return List.of(
                new Scenario("from where a slot is", side -> {
                    side.server().execute("CHECKPOINT", "SELECT pg_create_physical_replication_slot('kept', true)");
                    try {
                        side.server().switchWal();
                        write(side);
                        try (Running running = side.start("-v", "-S", "kept")) {
                            side.catchUp();
                            side.interrupt(running);
                        }
                    } finally {
                        side.server().execute("SELECT pg_drop_replication_slot('kept')");
                    }
                }),
                new Scenario("WAL that is gone", side -> {
                    receive(side);
                    forget(side.server());
                    side.run("-v", "-n");
                }),
                new Scenario("WAL that is gone, without -n", side -> {
                    receive(side);
                    forget(side.server());
                    try (Running running = side.start()) {
                        side.awaitMessage(running, "has already been removed");
                        endOf(side, running);
                    }
                }));
    }

    private static List<Scenario> slots() {
        return List.of(
                new Scenario("a slot made and dropped", side -> {
                    String server = side.conninfo("sslmode=disable");
                    side.runOnly(List.of(), "--create-slot", "--slot=made", "-v", "-d", server);
                    side.runOnly(List.of(), "--create-slot", "--slot=made", "-d", server);
                    side.runOnly(List.of(), "--create-slot", "--slot=made", "--if-not-exists", "-d", server);
                    side.runOnly(List.of(), "--drop-slot", "--slot=made", "-v", "-d", server);
                    side.runOnly(List.of(), "--drop-slot", "--slot=made", "-d", server);
                    side.runOnly(List.of(), "--create-slot", "--slot=Not-A-Name", "-d", server);
                }),
                new Scenario("missing slot", side -> side.run("-v", "-n", "-S", "missing")),
                new Scenario("missing slot, with files, without -n", side -> {
                    receive(side);
                    try (Running running = side.start("-S", "missing")) {
                        side.awaitMessage(running, "does not exist");
                        endOf(side, running);
                    }
                }),
                new Scenario("slot in use", side -> {
                    side.server().execute("CHECKPOINT", "SELECT pg_create_physical_replication_slot('used', true)");
                    try (Running other = side.start("-S", "used", "--synchronous")) {
                        side.awaitFlush(side.catchUp());
                        Path elsewhere = Files.createDirectories(side.home().resolve("elsewhere"));
                        side.runOnly(
                                List.of(), "-D" + elsewhere, "-nv", "-Sused", "-d" + side.conninfo("sslmode=disable"));
                        other.kill();
                    }
                    side.server().await("SELECT NOT active FROM pg_replication_slots", Side.TIMEOUT);
                    side.server().execute("SELECT pg_drop_replication_slot('used')");
                }));
    }

    private static List<Scenario> lostConnections() {
        return List.of(
                new Scenario("server shut down", side -> {
                    try (Running running = side.start("-v", "-n")) {
                        side.catchUp();
                        side.server().stop(PostgresServer.Mode.FAST);
                        side.ended(running);
                    } finally {
                        side.server().start();
                    }
                }),
                new Scenario("server crashed", side -> {
                    try (Running running = side.start("-v")) {
                        side.catchUp();
                        side.server().kill();
                        side.awaitMessage(running, "waiting 5 seconds");
                        side.interrupt(running);
                    } finally {
                        side.server().start();
                    }
                }),
                new Scenario("session terminated", side -> {
                    try (Running running = side.start("-v", "-n")) {
                        side.catchUp();
                        side.server().execute("SELECT pg_terminate_backend(pid) FROM pg_stat_replication");
                        side.ended(running);
                    }
                }));
    }

    private static List<Scenario> oddDirectories() {
        return List.of(
                new Scenario("missing directory", side -> side.run("-D", side.home() + "/missing")),
                new Scenario("no directory", side -> {
                    Path file = Files.createFile(side.home().resolve("file"));
                    side.run("-D", file.toString());
                }),
                new Scenario("read-only directory", side -> {
                    Files.setPosixFilePermissions(side.directory(), PosixFilePermissions.fromString("r-xr-xr-x"));
                    side.runUnprivileged("-n");
                }),
                new Scenario("finished segment of a wrong size", side -> {
                    receive(side);
                    truncate(side.directory().resolve(side.places().segmentAhead(7)), 77);
                    side.run("-n", "-E0/1");
                }),
                new Scenario("unfinished segment of a wrong size", side -> {
                    receive(side);
                    truncate(newestPartial(side), 77);
                    side.run("-n", "-E", new Lsn(side.server().flushLsn().value() - 100).toString());
                }),
                new Scenario("empty unfinished segment", side -> {
                    receive(side);
                    truncate(newestPartial(side), 0);
                    try (Running running = side.start("-v")) {
                        side.catchUp();
                        side.interrupt(running);
                    }
                }));
    }

    private static List<Scenario> connecting() {
        return List.of(
                new Scenario("startup parameters", side -> {
                    String action = "--drop-slot";
                    side.runOnly(List.of(), action, "-Sx", "-d", side.conninfo("dbname=postgres sslmode=disable"));
                    side.runOnly(List.of(), action, "-Sx", "-d", side.conninfo("replication=database sslmode=disable"));
                    side.runOnly(List.of("PGAPPNAME=env"), action, "-Sx", "-d", side.conninfo("sslmode=disable"));
                    side.runOnly(
                            List.of("PGAPPNAME=env", "PGOPTIONS=-c geqo=off", "PGSSLMODE=disable"),
                            action,
                            "-Sx",
                            "-d",
                            side.conninfo("application_name=own options=-cdatestyle=iso"));
                    side.runOnly(
                            List.of("PGDATABASE=postgres", "PGSSLMODE=disable", "PGCLIENTENCODING=LATIN1"),
                            action,
                            "-Sx",
                            "-h127.0.0.1",
                            "-p" + side.conninfo("").replaceAll(".*port=(\\d+).*", "$1"),
                            "-Upostgres");
                }),
                new Scenario("passwords", side -> {
                    PostgresServer server = side.server();
                    server.setHba("host all all all trust", "host replication all all scram-sha-256");
                    try {
                        side.run("-w");
                        side.run("-w", "-d", side.conninfo("password=wrong sslmode=disable"));
                        side.runOnly(
                                List.of("PGPASSWORD=" + PostgresServer.PASSWORD),
                                "--drop-slot",
                                "-Sx",
                                "-d",
                                side.conninfo("sslmode=disable"));
                    } finally {
                        server.setHba("host all all all trust", "host replication all all trust");
                    }
                }));
    }

    /** Has the program receive something; its end is in the transcript. */
    private static void receive(Side side) {
        try (Running running = side.start()) {
            side.catchUp();
            side.interrupt(running);
        }
    }

    /** Ends a program that perhaps ends by itself. */
    private static void endOf(Side side, Running running) {
        if (running.stderr().contains("waiting 5 seconds")) {
            running.interrupt();
        }
        side.ended(running);
    }

    private static void write(Side side) {
        side.server().execute("SELECT pg_logical_emit_message(true, 'drop-in', repeat('x', 20000))");
    }

    /** Has the server remove WAL that nobody needs. */
    private static void forget(PostgresServer server) {
        for (int i = 0; i < 3; i++) {
            server.switchWal();
            server.execute("SELECT pg_logical_emit_message(true, 'drop-in', 'x')");
        }
        server.configure("wal_keep_size", "0");
        server.execute("CHECKPOINT");
        server.configure("wal_keep_size", "1GB");
    }

    private static Path newestPartial(Side side) throws Exception {
        try (Stream<Path> files = Files.list(side.directory())) {
            return files.filter(file -> file.toString().endsWith(".partial"))
                    .sorted()
                    .reduce((first, second) -> second)
                    .orElseThrow();
        }
    }

    private static void truncate(Path file, long bytes) throws Exception {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(bytes);
        }
    }
}
