// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessage.EndOfStream;
import io.walcast.core.protocol.ServerMessage.Keepalive;
import io.walcast.core.protocol.ServerMessage.XLogData;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.CreateSlot;
import io.walcast.transport.EndResult;
import io.walcast.transport.SlotPosition;
import io.walcast.transport.StartResult;
import io.walcast.transport.StreamOptions;
import io.walcast.transport.SystemIdentity;
import io.walcast.transport.WalReceiverConnection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Commands and streams of each supported version of PostgreSQL. */
@Timeout(120)
@ParameterizedClass
@MethodSource("io.walcast.testkit.postgres.PostgresBinaries#majors")
final class RealServerIT {
    private static final Lsn FIRST_SEGMENT = Lsn.parse("0/1000000");

    @TempDir
    private static Path directory;

    @RegisterExtension
    static final RealServers servers = new RealServers(() -> directory);

    @Parameter
    private int major;

    private RealServer real;
    private WalReceiverConnection connection;

    @BeforeEach
    void connect() {
        real = servers.of(major);
        connection = real.connect("");
    }

    @AfterEach
    void close() {
        connection.close();
    }

    @Test
    void identifiesTheServer() {
        SystemIdentity identity = connection.identifySystem();

        assertThat(identity.systemIdentifier()).isEqualTo(real.server.systemIdentifier());
        assertThat(identity.timeline()).isEqualTo(TimelineId.FIRST);
        assertThat(identity.flushed().isValid()).isTrue();
        assertThat(identity.database()).isNull();
        assertThat(connection.senderInfo().serverMajor()).isEqualTo(major);
        assertThat(connection.senderInfo().host()).isEqualTo("127.0.0.1");
        assertThat(connection.senderInfo().parameters()).containsEntry("application_name", "libpq-it");
        assertThat(connection.senderInfo().backendPid()).isPositive();
        assertThat(connection.show("wal_segment_size")).isEqualTo("16MB");
        assertThat(connection.exec("SHOW data_directory_mode", 1000).rows()).isEqualTo(List.of(List.of("0700")));
    }

    @Test
    void goesOnAfterAnError() {
        assertSqlState(SqlState.UNDEFINED_OBJECT, () -> connection.show("nothing_of_that_name"));
        assertSqlState(SqlState.UNDEFINED_FILE, () -> connection.readTimelineHistory(TimelineId.of(7)));
        assertSqlState(SqlState.UNDEFINED_OBJECT, () -> connection.dropSlot("missing", false));
        assertThat(connection.identifySystem().timeline()).isEqualTo(TimelineId.FIRST);
    }

    @Test
    void createsReadsAndDropsSlots() {
        assertThat(connection.createSlot(CreateSlot.physical("a", true)).name()).isEqualTo("a");
        assertThat(connection.createSlot(CreateSlot.physical("b", false)).consistentPoint())
                .isEqualTo(Lsn.INVALID);
        assertThat(connection.createSlot(CreateSlot.temporaryPhysical("c")).outputPlugin())
                .isNull();
        if (major >= 15) {
            assertThat(connection.readSlot("a"))
                    .hasValueSatisfying(slot -> assertThat(slot.restartLsn()).isNotNull());
            assertThat(connection.readSlot("b")).contains(new SlotPosition("physical", null, null));
            assertThat(connection.readSlot("missing")).isEmpty();
        } else {
            assertThatThrownBy(() -> connection.readSlot("a")).isInstanceOf(ConfigurationException.class);
        }
        connection.dropSlot("b", false);
        assertThat(real.server.query("SELECT string_agg(slot_name, ',' ORDER BY slot_name) FROM pg_replication_slots"))
                .isEqualTo("a,c");
        assertSqlState(SqlState.DUPLICATE_OBJECT, () -> connection.createSlot(CreateSlot.physical("a", true)));
        connection.dropSlot("a", true);
    }

    @Test
    void streamsTheBytesOfTheServersOwnSegment() throws IOException {
        real.server.execute("CREATE TABLE t AS SELECT repeat(md5(i::text), 50) FROM generate_series(1, 10000) i");
        Lsn end = real.server.flushLsn();
        assertThat(connection.startStreaming(new StreamOptions.Physical(null, FIRST_SEGMENT, TimelineId.FIRST)))
                .isEqualTo(new StartResult.Streaming());

        byte[] received = receiveUntil(end);

        assertThat(connection.endStreaming()).isEqualTo(EndResult.NONE);
        assertThat(connection.identifySystem().timeline()).isEqualTo(TimelineId.FIRST);
        Path segment = real.server.walDirectory().resolve("000000010000000000000001");
        byte[] served = Files.readAllBytes(segment);
        int common = Math.min(served.length, received.length);
        assertThat(Arrays.copyOf(received, common)).isEqualTo(Arrays.copyOf(served, common));
        real.server.execute("DROP TABLE t");
    }

    private byte[] receiveUntil(Lsn end) {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        Lsn position = FIRST_SEGMENT;
        while (position.isBefore(end)) {
            ServerMessage message = real.next(connection);
            assertThat(message).isNotNull();
            if (message instanceof XLogData data) {
                assertThat(data.start()).isEqualTo(position);
                position = position.plus(data.payload().remaining());
                received.writeBytes(FakeWire.bytes(data.payload()));
            }
        }
        return received.toByteArray();
    }

    @Test
    void reportsPositionsToTheServer() {
        Lsn start = connection.identifySystem().flushed();
        assertThat(connection.startStreaming(new StreamOptions.Physical(null, start, TimelineId.FIRST)))
                .isEqualTo(new StartResult.Streaming());

        assertThat(connection.send(new StatusUpdate(start, start, Lsn.INVALID, PgTimestamp.NONE, true)))
                .isTrue();

        ServerMessage answer = real.next(connection);
        while (answer instanceof XLogData) {
            answer = real.next(connection);
        }
        assertThat(answer).isInstanceOf(Keepalive.class);
        assertThat(real.server.query("SELECT flush_lsn FROM pg_stat_replication WHERE pid = "
                        + connection.senderInfo().backendPid()))
                .isEqualTo(start.toString());
    }

    @Test
    void reportsAStartBeyondTheServersWalThroughTheStream() {
        Lsn beyond = Lsn.parse("FF/0");
        assertThat(connection.startStreaming(new StreamOptions.Physical(null, beyond, TimelineId.FIRST)))
                .isEqualTo(new StartResult.Streaming());

        assertSqlState(SqlState.INTERNAL_ERROR, () -> real.next(connection));
        assertThat(connection.identifySystem().timeline()).isEqualTo(TimelineId.FIRST);
    }

    @Test
    void runsSqlOnOrdinaryConnections() {
        try (WalReceiverConnection sql = real.connect("dbname=postgres", options -> options.withMode(Mode.SQL))) {
            assertThat(sql.exec("SELECT 'ü', NULL", 1000).rows()).isEqualTo(List.of(Arrays.asList("ü", null)));
            assertThat(sql.exec("SHOW search_path", 1000).rows()).isEqualTo(List.of(List.of("")));
            assertSqlState(new SqlState("22012"), () -> sql.exec("SELECT 1/0", 1000));
            assertSqlState(SqlState.PROGRAM_LIMIT_EXCEEDED, () -> sql.exec("SELECT repeat('x', 100000)", 1000));
        }
    }

    @Test
    void streamsChangesOverALogicalConnection() {
        real.server.execute("CREATE TABLE l (a int)", "CREATE PUBLICATION p FOR TABLE l");
        try (WalReceiverConnection logical =
                real.connect("dbname=postgres", options -> options.withMode(Mode.LOGICAL))) {
            assertThat(logical.identifySystem().database()).isEqualTo("postgres");
            logical.createSlot(new CreateSlot("logical", true, "pgoutput", false, "nothing", false, false));
            real.server.execute("INSERT INTO l VALUES (1)");
            assertThat(logical.startStreaming(new StreamOptions.Logical(
                            "logical", Lsn.INVALID, Map.of("proto_version", "1", "publication_names", "\"p\""))))
                    .isEqualTo(new StartResult.Streaming());

            StringBuilder kinds = new StringBuilder();
            while (kinds.indexOf("C") < 0) {
                if (real.next(logical) instanceof XLogData data) {
                    kinds.append((char) data.payload().get());
                }
            }

            assertThat(kinds).hasToString("BRIC");
            assertThat(logical.endStreaming()).isEqualTo(EndResult.NONE);
        } finally {
            real.server.execute("DROP PUBLICATION p", "DROP TABLE l");
        }
    }

    @Test
    void tellsThatTheServerShutsDown() {
        Lsn start = connection.identifySystem().flushed();
        connection.startStreaming(new StreamOptions.Physical(null, start, TimelineId.FIRST));
        real.server.requestStop(PostgresServer.Mode.FAST);
        Lsn position = start;
        ServerMessage message = real.next(connection);
        while (!(message instanceof EndOfStream)) {
            assertThat(message).isNotNull();
            if (message instanceof XLogData data) {
                position = data.start().plus(data.payload().remaining());
            }
            connection.send(new StatusUpdate(position, position, Lsn.INVALID, PgTimestamp.NONE, false));
            message = real.next(connection);
        }

        assertThat(message).isEqualTo(new EndOfStream(EndOfStream.Reason.SHUTDOWN));
        assertThat(connection.endStreaming()).isEqualTo(EndResult.NONE);
        real.server.awaitStop(RealServer.PATIENCE);
        real.server.start();
    }

    static void assertSqlState(SqlState expected, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        WalException.class, e -> assertThat(e.sqlState()).isEqualTo(expected));
    }
}
