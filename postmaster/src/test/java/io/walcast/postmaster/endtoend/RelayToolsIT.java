// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static io.walcast.postmaster.ServingProgram.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentName;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.postmaster.ServingProgram;
import io.walcast.postmaster.WalcastProgram;
import io.walcast.testkit.RequiresTool;
import io.walcast.testkit.postgres.Load;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import io.walcast.testkit.postgres.Tool;
import io.walcast.testkit.postgres.Tool.Result;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tools that were written for PostgreSQL, and our own, at our relay. */
@Timeout(90)
class RelayToolsIT {
    private static final long RUN_BYTES = 2_500_000;
    private static final Load.Options LOAD = Load.Options.defaults().withPayloadBytes(8000);
    private static final Map<Integer, Cascade> cascades = new TreeMap<>();

    @TempDir
    private static Path root;

    @TempDir
    private Path target;

    @AfterAll
    static void closeAll() {
        cascades.values().forEach(Cascade::close);
        cascades.clear();
    }

    private static Cascade cascade(int major) {
        return cascades.computeIfAbsent(major, absent -> new Cascade(absent, root.resolve(Integer.toString(absent))));
    }

    @CsvSource({
        "14, ''",
        "14, --slot=receivewal --synchronous",
        "14, --compress=gzip:1",
        "15, ''",
        "15, --slot=receivewal",
        "15, --synchronous",
        "15, --slot=receivewal --synchronous",
        "15, --compress=gzip:1",
        "15, --slot=receivewal --compress=gzip:1"
    })
    @ParameterizedTest
    @RequiresTool("pg_receivewal")
    void pgReceivewalReceivesEveryByte(int major, String options) throws IOException {
        Tool pgReceivewal = Tool.require("pg_receivewal");
        Cascade cascade = cascade(major);
        if (options.contains("--slot")) {
            pgReceivewal
                    .run(
                            PATIENCE,
                            "--create-slot",
                            "--if-not-exists",
                            "--slot=receivewal",
                            "-d",
                            cascade.relay.conninfo())
                    .requireSuccess();
        }

        Lsn end = receive(pgReceivewal, cascade, options);

        Receiving.requireSame(decompressed(), cascade.primary, end);
        if (options.contains("--slot")) {
            pgReceivewal
                    .run(PATIENCE, "--drop-slot", "--slot=receivewal", "-d", cascade.relay.conninfo())
                    .requireSuccess();
        }
    }

    @EachMajor
    void ourOwnReceivesEveryByteOverTwoHops(int major) {
        Cascade cascade = cascade(major);

        Lsn end = receive(WalcastProgram.pgReceivewal(), cascade, "--synchronous");

        Receiving.requireSame(target, cascade.primary, end);
    }

    /** Runs {@code tool} at the relay while the primary writes, up to an end given to it, which it returns. */
    private Lsn receive(Tool tool, Cascade cascade, String options) {
        Lsn end = cascade.primary.flushLsn().plus(RUN_BYTES);
        List<String> arguments = new ArrayList<>(
                List.of("-D", target.toString(), "-d", cascade.relay.conninfo(), "-v", "--no-loop", "--endpos=" + end));
        arguments.addAll(Stream.of(options.split(" ", -1))
                .filter(option -> !option.isEmpty())
                .toList());
        try (Tool.Running running = tool.start(arguments.toArray(String[]::new))) {
            WalcastProgram.awaitMessage(running, "starting log streaming at");
            try (Load load = Load.start(cascade.primary, LOAD)) {
                Result result = running.await(PATIENCE);
                assertThat(result.exitCode()).as(result.stderr()).isZero();
                assertThat(result.stderr())
                        .contains("stopped log streaming at")
                        .doesNotContain("error:", "warning:", "fatal:");
                assertThat(load.stop().failures()).isZero();
            }
        }
        return end;
    }

    /** Returns a directory with what is in the target, files of gzip unpacked as far as they go. */
    private Path decompressed() throws IOException {
        Path plain = Files.createDirectory(target.resolve("plain"));
        try (Stream<Path> files = Files.list(target)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = String.valueOf(file.getFileName());
                Path copy = plain.resolve(name.replace(".gz", ""));
                if (name.contains(".gz")) {
                    unpack(file, copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
        return plain;
    }

    private static void unpack(Path file, Path copy) throws IOException {
        byte[] piece = new byte[8192];
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file));
                OutputStream out = Files.newOutputStream(copy)) {
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                out.write(piece, 0, n);
            }
        } catch (EOFException e) {
            assertThat(file.toString()).endsWith(".partial");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 15, 18})
    void thePhysicalStreamOfTheJdbcDriverHasEveryByte(int major)
            throws ReflectiveOperationException, SQLException, IOException {
        Cascade cascade = cascade(major);
        SegmentSize size = cascade.primary.segmentSize();
        Lsn start = size.startOfSegment(cascade.primary.flushLsn());
        ByteBuffer received = ByteBuffer.allocate(size.bytes() + 1);
        try (Load load = Load.start(cascade.primary, LOAD);
                Connection connection = replicationConnection(cascade.relay.port())) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("IDENTIFY_SYSTEM"); // before 15 a standby, and so a relay, wants it first
            }
            JdbcStream.createSlot(connection, "jdbc");
            try (JdbcStream stream = JdbcStream.start(connection, "jdbc", start)) {
                while (received.hasRemaining()) {
                    ByteBuffer wal = stream.read();
                    wal.limit(wal.position() + Math.min(wal.remaining(), received.remaining()));
                    received.put(wal);
                }
                Lsn flushed = stream.confirm();
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(Relayed.status(cascade.home))
                                .contains("\"slot_name\":\"jdbc\"", "\"flush_lsn\":\"" + flushed + "\""));
            }
            JdbcStream.dropSlot(connection, "jdbc");
            assertThat(load.stop().failures()).isZero();
        }
        String segment = SegmentName.containing(TimelineId.FIRST, start, size).fileName(size);
        byte[] own = Files.readAllBytes(cascade.primary.walDirectory().resolve(segment));
        assertThat(ByteBuffer.wrap(own)).isEqualTo(received.flip().limit(own.length));
    }

    private static Connection replicationConnection(int port) throws SQLException {
        Properties properties = new Properties();
        properties.put("user", PostgresServer.USER);
        properties.put("replication", "true");
        properties.put("preferQueryMode", "simple");
        properties.put("assumeMinServerVersion", "9.4");
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres", properties);
    }

    /** Where the answer of a primary is one that nobody else can give, only that of the relay is looked at. */
    @ParameterizedTest
    @RequiresTool("psql")
    @ValueSource(ints = {14, 15, 18})
    void psqlPrintsTheSameForEveryCommand(int major) {
        Cascade cascade = cascade(major);
        Lsn end = cascade.primary.flushLsn();
        await().atMost(PATIENCE).untilAsserted(() -> requireSame(cascade, "IDENTIFY_SYSTEM"));
        requireSame(cascade, "SHOW wal_segment_size");
        requireSame(cascade, "SHOW data_directory_mode");
        requireSame(cascade, "SHOW no_such_setting");
        requireSame(cascade, "CREATE_REPLICATION_SLOT psql PHYSICAL");
        requireSame(cascade, "CREATE_REPLICATION_SLOT psql PHYSICAL");
        requireSame(cascade, "DROP_REPLICATION_SLOT psql");
        requireSame(cascade, "DROP_REPLICATION_SLOT psql WAIT");
        requireSame(cascade, "CREATE_REPLICATION_SLOT gone TEMPORARY PHYSICAL RESERVE_WAL");
        requireSame(cascade, "DROP_REPLICATION_SLOT gone");
        requireSame(cascade, "SELECT 1");
        requireSame(cascade, "IDENTIFY_SYSTEM 1");
        if (major >= 15) {
            requireSame(cascade, "READ_REPLICATION_SLOT nobody");
            requireSame(cascade, "CREATE_REPLICATION_SLOT \"psql\" PHYSICAL (RESERVE_WAL true)");
            requireSame(cascade, "DROP_REPLICATION_SLOT \"psql\"");
        }
        requireSame(cascade, "IDENTIFY_SYSTEM", "START_REPLICATION PHYSICAL 0/1000000 TIMELINE 9");
        requireSame(cascade, "IDENTIFY_SYSTEM", "START_REPLICATION PHYSICAL F/0");
        assertThat(psql(cascade.relay.port(), "IDENTIFY_SYSTEM", "START_REPLICATION PHYSICAL " + end)
                        .stderr())
                .contains("unexpected PQresultStatus: 8");
        assertThat(psql(cascade.relay.port(), "TIMELINE_HISTORY 7").stderr())
                .contains("00000007.history\": No such file or directory");
        assertThat(psql(cascade.relay.port(), "BASE_BACKUP").stderr()).contains("ERROR:");
        assertThat(psql(cascade.relay.port(), "CREATE_REPLICATION_SLOT l LOGICAL pgoutput")
                        .stderr())
                .contains("ERROR:");
    }

    private static void requireSame(Cascade cascade, String... commands) {
        assertThat(psql(cascade.relay.port(), commands))
                .as(String.join("; ", commands))
                .isEqualTo(psql(cascade.primary.port(), commands));
    }

    /** Runs the commands one after the other in one session. */
    private static Result psql(int port, String... commands) {
        List<String> arguments = new ArrayList<>(List.of(Receiving.conninfo(port) + " replication=true", "-X"));
        for (String command : commands) {
            arguments.addAll(List.of("-c", command));
        }
        return Tool.require("psql").run(PATIENCE, arguments.toArray(String[]::new));
    }

    /** The primary and the relay. */
    private static final class Cascade implements AutoCloseable {
        private final Path home;
        private final PostgresServer primary;
        private final ServingProgram relay;

        private Cascade(int major, Path home) {
            this.home = home;
            Relayed.initialize(home);
            primary = PostgresServer.start(Options.of(major).withWalSegmentSizeMb(1));
            relay = Relayed.relay(home, primary.port());
            Relayed.awaitRelay(primary);
        }

        @Override
        public void close() {
            relay.close();
            primary.close();
        }
    }
}
