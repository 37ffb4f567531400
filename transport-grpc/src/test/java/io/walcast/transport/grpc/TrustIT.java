// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.Retry;
import io.walcast.core.error.SqlState;
import io.walcast.ipc.Latch;
import io.walcast.testkit.TestCertificates;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.WalReceiverConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which servers are trusted, and what a client shows of itself. */
@ExtendWith(QuietGrpc.class)
@Timeout(60)
final class TrustIT {
    @TempDir
    private static Path directory;

    private static TestCertificates certificates;

    private final List<AutoCloseable> toClose = new ArrayList<>();

    @BeforeAll
    static void makeCertificates() {
        certificates = new TestCertificates(directory)
                .authority("ca")
                .authority("other")
                .signed("server", "ca", "CN=server", "-ext", "san=dns:localhost", "-keyalg", "EC")
                .signed("address", "ca", "CN=server", "-ext", "san=ip:127.0.0.1", "-keyalg", "EC")
                .signedFrom("-10d", "expired", "ca", "CN=server", "-ext", "san=dns:localhost", "-keyalg", "EC")
                .signed("client", "ca", "CN=client", "-keyalg", "EC")
                .signed("stranger", "other", "CN=client", "-keyalg", "EC");
        for (String alias : List.of("ca", "other", "client", "stranger")) {
            certificates.certificate(alias);
            certificates.key(alias);
        }
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : toClose) {
            one.close();
        }
        LeakRecorder.assertNothingLeaked();
    }

    private int server(String alias, ClientAuth clients) {
        FakeReplication server =
                FakeReplication.start(FakeReplication::begin, builder -> withTls(builder, alias, clients));
        toClose.add(server);
        return server.port();
    }

    private static NettyServerBuilder withTls(NettyServerBuilder builder, String alias, ClientAuth clients) {
        try {
            return builder.sslContext(GrpcSslContexts.configure(
                            SslContextBuilder.forServer(
                                    certificates.certificate(alias).toFile(),
                                    certificates.key(alias).toFile()),
                            SslProvider.JDK)
                    .trustManager(certificates.certificate("ca").toFile())
                    .clientAuth(clients)
                    .build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String file(String name) {
        return directory.resolve(name).toString();
    }

    private WalReceiverConnection connect(String conninfo) {
        WalReceiverConnection connection = new GrpcReceiverTransport()
                .connect(ConnectOptions.of(conninfo, new Latch()).withEnvironment(Map.of("HOME", "/nonexistent")));
        toClose.add(0, connection);
        return connection;
    }

    private void assertUntrusted(String conninfo, String message) {
        assertThatThrownBy(() -> connect(conninfo))
                .isInstanceOfSatisfying(ConnectionException.class, e -> {
                    assertThat(e.sqlState()).isEqualTo(SqlState.CANNOT_CONNECT);
                    assertThat(e.retry()).isEqualTo(Retry.SLOW);
                })
                .hasMessageContaining(message);
    }

    @Test
    void saysHowTheConnectionIsEncrypted() {
        int port = server("server", ClientAuth.NONE);

        assertThat(connect("grpcs://localhost:%d?sslrootcert=%s".formatted(port, file("ca.crt")))
                        .senderInfo()
                        .tls())
                .startsWith("TLSv1.3, TLS_");
    }

    @ParameterizedTest
    @CsvSource({
        "server, localhost, verify-full, ",
        "server, 127.0.0.1, verify-full, certificate verify failed: No subject alternative names matching IP address 127.0.0.1 found",
        "server, 127.0.0.1, verify-ca, ",
        "server, 127.0.0.1, require, ",
        "address, 127.0.0.1, verify-full, ",
        "address, localhost, verify-full, certificate verify failed: No name matching localhost found",
        "expired, localhost, verify-full, certificate verify failed: certificate has expired: NotAfter",
        "expired, localhost, verify-ca, certificate verify failed: certificate has expired: NotAfter",
    })
    void comparesTheName(String alias, String host, String mode, String message) {
        String conninfo = "grpcs://%s:%d?sslrootcert=%s&sslmode=%s"
                .formatted(host, server(alias, ClientAuth.NONE), file("ca.crt"), mode);

        if (message == null) {
            connect(conninfo);
        } else {
            assertUntrusted(conninfo, message);
        }
    }

    @ParameterizedTest
    @CsvSource({"verify-full", "verify-ca", "require"})
    void trustsNobodyThatTheRootsDidNotSign(String mode) {
        int port = server("server", ClientAuth.NONE);

        assertUntrusted(
                "grpcs://localhost:%d?sslrootcert=%s&sslmode=%s".formatted(port, file("other.crt"), mode),
                "certificate verify failed: unable to find valid certification path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?sslrootcert=system", "?sslmode=verify-ca"})
    void trustsThePlatformsRootsOtherwise(String parameters) {
        assertUntrusted(
                "grpcs://localhost:" + server("server", ClientAuth.NONE) + parameters,
                "certificate verify failed: unable to find valid certification path");
    }

    @Test
    void trustsAnybodyIfThatIsAllThatIsAskedFor() {
        connect("grpcs://localhost:%d?sslmode=require".formatted(server("expired", ClientAuth.NONE)));
    }

    @Test
    void checksEachHostByItsOwnName() {
        int wrong = server("address", ClientAuth.NONE);
        int right = server("server", ClientAuth.NONE);

        assertThat(connect("grpcs://localhost:%d,localhost:%d?sslrootcert=%s".formatted(wrong, right, file("ca.crt")))
                        .senderInfo()
                        .port())
                .isEqualTo(right);
    }

    @Test
    void asksTheRevocationLists() {
        int port = server("server", ClientAuth.NONE);
        Path revoked = certificates.revocationList("ca", "server", "-1H");
        Path others = certificates.revocationList("ca", "client", "-1H");
        String conninfo = "grpcs://localhost:%d?sslrootcert=%s&sslcrl=".formatted(port, file("ca.crt"));

        connect(conninfo + others);
        assertUntrusted(conninfo + revoked, "certificate verify failed: Certificate has been revoked");
    }

    @Test
    void showsItsCertificate() {
        String conninfo =
                "grpcs://localhost:%d?sslrootcert=%s".formatted(server("server", ClientAuth.REQUIRE), file("ca.crt"));

        connect(conninfo + "&sslcert=%s&sslkey=%s".formatted(file("client.crt"), file("client.key")));
        assertUntrusted(conninfo, "SSL error: ");
        assertUntrusted(
                conninfo + "&sslcert=%s&sslkey=%s".formatted(file("stranger.crt"), file("stranger.key")),
                "SSL error: ");
    }

    @Test
    void refusesFilesThatCannotBeUsed() {
        String conninfo = "grpcs://localhost:1?";

        assertThatThrownBy(() -> connect(conninfo + "sslrootcert=" + file("none.crt")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("could not read file \"%s\"".formatted(file("none.crt")));
        assertThatThrownBy(() ->
                        connect(conninfo + "sslcert=%s&sslkey=%s".formatted(file("client.crt"), file("none.key"))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("could not stat private key file \"%s\"".formatted(file("none.key")));
    }

    @Test
    void tellsTlsFromPlaintext() {
        FakeReplication plain = FakeReplication.start(FakeReplication::begin);
        toClose.add(plain);

        assertUntrusted(
                "grpcs://localhost:%d?sslrootcert=%s".formatted(plain.port(), file("ca.crt")),
                "server does not speak TLS here (is it another port, or grpc://?)");
        int encrypted = server("server", ClientAuth.NONE);
        assertThatThrownBy(() -> connect("grpc://localhost:" + encrypted))
                .hasMessageContaining("server closed the connection unexpectedly");
    }
}
