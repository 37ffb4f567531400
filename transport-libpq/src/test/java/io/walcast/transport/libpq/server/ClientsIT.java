// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.auth.AuthMethod;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.testkit.RequiresTool;
import io.walcast.testkit.TestCertificates;
import io.walcast.testkit.postgres.Tool;
import io.walcast.transport.ListenOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that know nothing of us: psql, pg_receivewal and the JDBC driver. */
@Timeout(120)
class ClientsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PASSWORD = "CANARY-7f3a";

    @TempDir
    private Path directory;

    private ServerUnderTest server;

    @BeforeEach
    void listen() {
        server = ServerUnderTest.start(directory);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    @RequiresTool("psql")
    void psqlShowsWhatItAskedFor() {
        String conninfo = server.conninfo() + "replication=true application_name=ab";

        Tool.Result result = Tool.require("psql")
                .run(PATIENCE, "-X", "-A", "-d", conninfo, "-c", "IDENTIFY_SYSTEM", "-c", "SHOW wal_segment_size");

        assertThat(result.stderr()).isEmpty();
        assertThat(result.stdout())
                .contains("systemid|timeline|xlogpos|dbname", "7000000000000000001|1|0/12DC6C1|")
                .contains("16MB");
        assertThat(server.session().request.applicationName()).isEqualTo("ab");
    }

    @Test
    @RequiresTool("psql")
    void psqlSaysWhyItWasRefused() {
        server.service.rules = FakeRules.none();

        Tool.Result result = Tool.require("psql")
                .run(PATIENCE, "-X", "-d", server.conninfo() + "replication=true", "-c", "IDENTIFY_SYSTEM");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.stderr())
                .contains("FATAL:  no pg_hba.conf entry for replication connection from host \"127.0.0.1\", user"
                        + " \"rep\", no encryption");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @RequiresTool("pg_receivewal")
    void pgReceivewalReceivesEveryByte(boolean encrypted) throws IOException {
        String conninfo = server.conninfo();
        if (encrypted) {
            server.close();
            TestCertificates certificates = new TestCertificates(directory)
                    .authority("ca")
                    .signed("localhost", "ca", "CN=localhost", "-keyalg", "RSA", "-ext", "san=dns:localhost");
            ListenOptions.Tls tls = new ListenOptions.Tls(
                    certificates.certificate("localhost"), certificates.key("localhost"), null, null, "TLSv1.2");
            server = ServerUnderTest.start(directory, ServerUnderTest.anyPort().withTls(tls));
            server.service.rules = FakeRules.of(AuthMethod.SCRAM_SHA_256).withPassword("rep", PASSWORD);
            conninfo = server.conninfo() + "sslmode=verify-full channel_binding=require sslrootcert="
                    + certificates.certificate("ca");
        }
        Path received = Files.createDirectory(directory.resolve("received"));

        Tool.Result result = Tool.require("pg_receivewal")
                .withEnvironment("PGPASSWORD", PASSWORD)
                .run(PATIENCE, "-d", conninfo, "-D", received.toString(), "--endpos=0/12DC6C0", "--no-loop");

        assertThat(result.exitCode()).as(result.stderr()).isZero();
        byte[] partial = Files.readAllBytes(received.resolve("000000010000000000000001.partial"));
        assertThat(Arrays.copyOf(partial, ServerUnderTest.WAL_BYTES)).isEqualTo(server.wal.bytes);
    }

    @Test
    void theJdbcDriverStreamsAndReports() throws Exception {
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "user", "rep",
                "password", PASSWORD,
                "replication", "true",
                "preferQueryMode", "simple",
                "assumeMinServerVersion", "14"));
        server.service.rules = FakeRules.of(AuthMethod.SCRAM_SHA_256).withPassword("rep", PASSWORD);
        String url = "jdbc:postgresql://127.0.0.1:%d/replication"
                .formatted(server.listener.address().getPort());

        try (Connection connection = DriverManager.getConnection(url, properties)) {
            Object builder =
                    call(call(call(pgConnection(connection), "getReplicationAPI"), "replicationStream"), "physical");
            call(builder, "withStartPosition", lsn("0/1000000"));
            Object stream = call(builder, "start");
            assertThat(receive(stream)).isEqualTo(server.wal.bytes);
            call(stream, "setFlushedLSN", lsn("0/12DC6C1"));
            call(stream, "forceUpdateStatus");

            StatusUpdate status;
            do {
                status = (StatusUpdate) server.session().received.poll(5, TimeUnit.SECONDS);
                assertThat(status).isNotNull();
            } while (!status.flush().equals(server.wal.end()));
            call(stream, "close");
        }
    }

    private static byte[] receive(Object stream) throws Exception {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        while (received.size() < ServerUnderTest.WAL_BYTES) {
            ByteBuffer piece = (ByteBuffer) call(stream, "read");
            received.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
        }
        return received.toByteArray();
    }

    private static Object pgConnection(Connection connection) throws Exception {
        return connection.unwrap(Class.forName("org.postgresql.PGConnection"));
    }

    private static Object lsn(String text) throws Exception {
        return Class.forName("org.postgresql.replication.LogSequenceNumber")
                .getMethod("valueOf", String.class)
                .invoke(null, text);
    }

    /** The driver is there at run time only: its own annotations are not, and the compiler would say so. */
    private static Object call(Object target, String name, Object... arguments) throws Exception {
        Class<?>[] types = Arrays.stream(arguments).map(Object::getClass).toArray(Class<?>[]::new);
        return target.getClass().getMethod(name, types).invoke(target, arguments);
    }
}
