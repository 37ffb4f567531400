// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.walcast.auth.AccessDecision.ClientCertificate;
import io.walcast.auth.AuthMethod;
import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessage.XLogData;
import io.walcast.ipc.Latch;
import io.walcast.testkit.TestCertificates;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.SessionRequest;
import io.walcast.transport.StreamOptions;
import io.walcast.transport.WalReceiverConnection;
import io.walcast.transport.libpq.LibpqReceiverTransport;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our own client end proves who it is, over TLS and without, and streams. */
@Timeout(120)
class AuthenticationIT {
    private static final String PASSWORD = "CANARY-7f3a";

    @TempDir
    private static Path directory;

    private static TestCertificates certificates;
    private static ListenOptions.Tls tls;
    private static Path certificateInUse;

    private ServerUnderTest server;

    @BeforeAll
    static void makeCertificates() throws IOException {
        certificates = new TestCertificates(directory)
                .authority("ca")
                .signed("localhost", "ca", "CN=localhost", "-keyalg", "EC", "-ext", "san=dns:localhost")
                .signed("second", "ca", "CN=localhost", "-keyalg", "EC", "-ext", "san=dns:localhost")
                .signed("rep", "ca", "CN=rep", "-keyalg", "EC")
                .signed("other", "ca", "CN=other", "-keyalg", "EC");
        certificateInUse = directory.resolve("server.crt");
        use("localhost");
        tls = new ListenOptions.Tls(
                certificateInUse,
                directory.resolve("server.key"),
                certificates.certificate("ca"),
                certificates.revocationList("ca", "other", "-1H"),
                "TLSv1.2");
    }

    private static void use(String alias) throws IOException {
        Files.copy(certificates.certificate(alias), certificateInUse, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(
                certificates.key(alias),
                directory.resolve("server.key"),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES);
    }

    @BeforeEach
    void listen() throws IOException {
        use("localhost");
        server = ServerUnderTest.start(directory, ServerUnderTest.anyPort().withTls(tls));
        server.service.rules = FakeRules.of(AuthMethod.SCRAM_SHA_256).withPassword("rep", PASSWORD);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private WalReceiverConnection connect(String conninfo) {
        Latch latch = new Latch();
        return new LibpqReceiverTransport()
                .connect(ConnectOptions.of(server.conninfo() + conninfo, latch)
                        .withEnvironment(Map.of("HOME", directory.toString()))
                        .withTimeout(Duration.ofSeconds(20)));
    }

    private static String verified() {
        return "sslmode=verify-full sslrootcert=" + certificates.certificate("ca") + " ";
    }

    private static String client(String alias) {
        return "sslcert=" + certificates.certificate(alias) + " sslkey=" + certificates.key(alias) + " ";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sslmode=disable require_auth=scram-sha-256",
                "VERIFIED channel_binding=require",
                "VERIFIED channel_binding=disable",
                "VERIFIED ssl_max_protocol_version=TLSv1.2 channel_binding=require"
            })
    void streamsAfterScram(String conninfo) throws Exception {
        String complete = conninfo.replace("VERIFIED", verified()) + " password=" + PASSWORD;
        try (WalReceiverConnection connection = connect(complete)) {
            connection.startStreaming(new StreamOptions.Physical(null, FakeWal.START, TimelineId.FIRST));

            assertThat(receive(connection)).isEqualTo(server.wal.bytes);
            SessionRequest.TlsState state = server.session().request.tls();
            assertThat(state == null).isEqualTo(conninfo.startsWith("sslmode=disable"));
            connection.endStreaming();
        }
        assertThat(server.session().closed.poll(5, TimeUnit.SECONDS)).isNotNull();
    }

    private static byte[] receive(WalReceiverConnection connection) {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        Lsn position = FakeWal.START;
        while (received.size() < ServerUnderTest.WAL_BYTES) {
            ServerMessage message = connection.receive();
            if (message instanceof XLogData wal) {
                assertThat(wal.start()).isEqualTo(position);
                byte[] bytes = new byte[wal.payload().remaining()];
                wal.payload().get(bytes);
                received.writeBytes(bytes);
                position = position.plus(bytes.length);
            }
        }
        return received.toByteArray();
    }

    @Test
    void tellsAWrongPasswordAndAnUnknownUserAlikeAfterAWhile() {
        long beforeNs = System.nanoTime();
        assertRefused("sslmode=disable password=wrong", "password authentication failed for user \"rep\"");
        assertRefused(
                "sslmode=disable user=nobody password=" + PASSWORD,
                "password authentication failed for user \"nobody\"");
        assertThat(Duration.ofNanos(System.nanoTime() - beforeNs)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        assertThat(server.service.sessions).isEmpty();
    }

    private void assertRefused(String conninfo, String message) {
        assertThatThrownBy(() -> connect(conninfo)).hasMessageContaining(message);
    }

    @Test
    void takesACertificateForItsUserOnly() {
        server.service.rules = FakeRules.of(AuthMethod.CERT);
        try (WalReceiverConnection connection = connect(verified() + client("rep"))) {
            assertThat(connection.identifySystem().timeline()).isEqualTo(TimelineId.FIRST);
            SessionRequest.TlsState state = server.session().request.tls();
            assertThat(state).isNotNull();
            assertThat(state.clientDn()).isEqualTo("CN=rep");
            assertThat(state.version()).isEqualTo("TLSv1.3");
        }
        assertRefused(verified() + "user=bob " + client("rep"), "certificate authentication failed for user \"bob\"");
        assertRefused(verified(), "connection requires a valid client certificate");
    }

    @Test
    void refusesAKeyThatIsNotItsCertificates() {
        String mixed = "sslcert=" + certificates.certificate("rep") + " sslkey=" + certificates.key("other");

        assertThatThrownBy(() -> connect(verified() + mixed))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("certificate does not match private key file \"%s\"".formatted(certificates.key("other")));
        assertThat(server.service.sessions).isEmpty();
    }

    @Test
    void endsTheHandshakeWithACertificateThatIsRevoked() {
        server.service.rules = FakeRules.of(AuthMethod.TRUST);
        assertThatThrownBy(() -> connect(verified() + client("other"))).isNotNull();
        assertThat(server.service.sessions).isEmpty();
    }

    @Test
    void wantsACertificateBesidesThePasswordWhereTheRulesDo() {
        server.service.rules = FakeRules.of(AuthMethod.SCRAM_SHA_256, ClientCertificate.VERIFY_FULL)
                .withPassword("rep", PASSWORD)
                .withPassword("bob", PASSWORD);
        String password = " password=" + PASSWORD;
        connect(verified() + client("rep") + password).close();
        assertRefused(verified() + password, "connection requires a valid client certificate");
        assertRefused(
                verified() + "user=bob " + client("rep") + password, "password authentication failed for user \"bob\"");
    }

    @Test
    void saysWhyTheRulesRefuse() {
        server.service.rules = FakeRules.of(AuthMethod.REJECT);
        assertRefused(
                "sslmode=disable",
                "pg_hba.conf rejects replication connection for host \"127.0.0.1\", user \"rep\", no encryption");
        server.service.rules = FakeRules.none();
        assertRefused(
                verified(),
                "no pg_hba.conf entry for replication connection from host \"127.0.0.1\", user \"rep\", SSL encryption");
    }

    @Test
    void usesANewCertificateFromTheReloadOnAndKeepsTheOldOneIfTheNewIsBad() throws IOException {
        try (WalReceiverConnection before = connect(verified() + "password=" + PASSWORD)) {
            use("second");
            server.listener.reload(server.options);
            connect(verified() + "channel_binding=require password=" + PASSWORD).close();
            Files.setPosixFilePermissions(
                    directory.resolve("server.key"), PosixFilePermissions.fromString("rw-r--r--"));

            assertThatThrownBy(() -> server.listener.reload(server.options))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("has group or world access");
            connect(verified() + "channel_binding=require password=" + PASSWORD).close();
            assertThat(before.identifySystem().timeline()).isEqualTo(TimelineId.FIRST);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgresql", "", "http/1.1"})
    void takesDirectTlsWithTheProtocolsNameOnly(String name) throws Exception {
        server.service.rules = FakeRules.of(AuthMethod.TRUST);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        InetSocketAddress address = server.listener.address();
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(address.getAddress(), address.getPort())) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(name.isEmpty() ? new String[0] : new String[] {name});
            socket.setSSLParameters(parameters);
            if (name.equals("postgresql")) {
                try (FrontendClient client = new FrontendClient(socket)) {
                    client.logIn().query("IDENTIFY_SYSTEM");
                    assertThat(client.typesUntil('Z')).isEqualTo("TDCZ");
                }
            } else {
                assertThatThrownBy(() -> {
                            socket.startHandshake();
                            requireMore(socket);
                        })
                        .isInstanceOf(IOException.class);
            }
        }
    }

    private static void requireMore(SSLSocket socket) throws IOException {
        if (socket.getInputStream().read() < 0) {
            throw new EOFException();
        }
    }
}
