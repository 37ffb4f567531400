// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.transport.ConnectOptions.Policy;
import io.walcast.transport.WalReceiverConnection;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Ways to connect to each supported version of PostgreSQL: passwords, TLS, sockets, several hosts. */
@Timeout(120)
@ParameterizedClass
@MethodSource("io.walcast.testkit.postgres.PostgresBinaries#majors")
final class RealServerAuthenticationIT {
    @TempDir
    private static Path directory;

    @RegisterExtension
    static final RealServers servers = new RealServers(() -> directory);

    @Parameter
    private int major;

    private RealServer real;

    @BeforeEach
    void take() {
        real = servers.of(major);
    }

    private @Nullable String tlsOf(String more) {
        try (WalReceiverConnection connection = real.connect(more)) {
            assertThat(connection.identifySystem().systemIdentifier()).isNotNull();
            return connection.senderInfo().tls();
        }
    }

    @ParameterizedTest
    @CsvSource({"r_scram, 'Sécret 1'", "r_md5, 'Sécret 2'", "r_clear, clear"})
    void answersEveryPasswordRequestWithAndWithoutTls(String user, String password) {
        String login = "user=%s password='%s' ".formatted(user, password);

        assertThat(tlsOf(login)).startsWith("TLSv1.3, ");
        assertThat(tlsOf(login + "sslmode=disable")).isNull();
        assertThat(tlsOf(login + "ssl_max_protocol_version=TLSv1.2")).startsWith("TLSv1.2, ");
    }

    @Test
    void reportsTheServersRefusalOfAPassword() {
        assertThatThrownBy(() -> real.connect("user=r_scram password=wrong sslmode=require"))
                .isInstanceOfSatisfying(ServerErrorException.class, e -> {
                    assertThat(e.sqlState()).isEqualTo(SqlState.INVALID_PASSWORD);
                    assertThat(e.fields().message()).isEqualTo("password authentication failed for user \"r_scram\"");
                })
                .hasMessage(
                        "connection to server at \"127.0.0.1\", port %d failed: FATAL:  password authentication failed for user \"r_scram\"",
                        real.server.port());
    }

    @Test
    void saysThatNoPasswordWasSupplied() {
        assertThatThrownBy(() -> real.connect("user=r_scram"))
                .isInstanceOfSatisfying(
                        ConnectionException.class,
                        e -> assertThat(e.sqlState()).isEqualTo(SqlState.INVALID_AUTHORIZATION))
                .hasMessageEndingWith("fe_sendauth: no password supplied");
    }

    @Test
    void asksAPersonOnce() {
        AtomicInteger asked = new AtomicInteger();
        try (WalReceiverConnection connection = real.connect(
                "user=r_scram",
                options -> options.withPasswordPrompt(user -> {
                    assertThat(user).isEqualTo("r_scram");
                    asked.incrementAndGet();
                    return "Sécret 1".toCharArray();
                }))) {
            assertThat(connection.show("server_version")).isNotEmpty();
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void findsThePasswordInAFileAndSaysSoWhenItIsWrong() {
        Path good = real.certificates.write(
                "good", "127.0.0.1:%d:replication:r_scram:Sécret 1\n".formatted(real.server.port()));
        Path bad = real.certificates.write("bad", "*:*:*:*:wrong\n");

        assertThat(tlsOf("user=r_scram passfile=" + good)).isNotNull();
        assertThatThrownBy(() -> real.connect("user=r_scram passfile=" + bad))
                .isInstanceOf(ServerErrorException.class)
                .hasMessageEndingWith("password retrieved from file \"%s\"", bad);
    }

    @Test
    void bindsScramToTheTlsConnection() {
        String login = "user=r_scram password='Sécret 1' ";

        assertThat(tlsOf(login + "channel_binding=require")).isNotNull();
        assertThat(tlsOf(login + "channel_binding=disable")).isNotNull();
        assertRefused(
                login + "channel_binding=require sslmode=disable", "channel binding required, but SSL not in use");
        assertRefused(
                "user=r_md5 password='Sécret 2' channel_binding=require",
                "channel binding required but not supported by server's authentication request");
        assertRefused(
                "user=postgres channel_binding=require",
                "channel binding required, but server authenticated client without channel binding");
    }

    @Test
    void acceptsOnlyTheMethodsItIsToldTo() {
        assertThat(tlsOf("user=r_scram password='Sécret 1' require_auth=scram-sha-256"))
                .isNotNull();
        assertThat(tlsOf("user=postgres require_auth=none")).isNotNull();
        assertRefused(
                "user=r_clear password=clear require_auth=!password",
                "authentication method requirement \"!password\" failed: server requested a cleartext password");
        assertRefused(
                "user=r_md5 password='Sécret 2' require_auth=scram-sha-256",
                "authentication method requirement \"scram-sha-256\" failed: server requested a hashed password");
        assertRefused(
                "user=postgres require_auth=scram-sha-256",
                "authentication method requirement \"scram-sha-256\" failed: server did not complete authentication");
    }

    private void assertRefused(String more, String reason) {
        assertThatThrownBy(() -> real.connect(more))
                .isInstanceOf(WalException.class)
                .hasMessageEndingWith("failed: " + reason);
    }

    @Test
    void followsTheModesOfTls() {
        Path ca = real.certificates.certificate("ca");
        Path otherCa = real.certificates.certificate("other-ca");

        assertThat(tlsOf("sslmode=disable")).isNull();
        assertThat(tlsOf("sslmode=allow")).isNull();
        assertThat(tlsOf("sslmode=allow user=r_tls")).isNotNull();
        assertThat(tlsOf("sslmode=prefer")).isNotNull();
        assertThat(tlsOf("sslmode=prefer user=r_plain")).isNull();
        assertThat(tlsOf("sslmode=require")).isNotNull();
        assertThat(tlsOf("sslmode=require sslrootcert=" + ca)).isNotNull();
        assertThat(tlsOf("sslmode=verify-ca sslrootcert=" + ca)).isNotNull();
        assertThat(tlsOf("sslmode=verify-full host=localhost hostaddr=127.0.0.1 sslrootcert=" + ca))
                .isNotNull();
        assertThat(tlsOf("sslmode=verify-full host=db.example.org hostaddr=127.0.0.1 sslrootcert=" + ca))
                .isNotNull();
        assertThat(tlsOf("sslmode=prefer sslrootcert=" + otherCa)).isNull();
        assertThatThrownBy(() -> real.connect("sslmode=require sslrootcert=" + otherCa))
                .isInstanceOf(ConnectionException.class)
                .hasMessageContaining("SSL error: ");
        assertThatThrownBy(() -> real.connect("sslmode=verify-ca sslrootcert=" + otherCa))
                .isInstanceOf(ConnectionException.class)
                .hasMessageContaining("SSL error: ");
    }

    @Test
    void refusesACertificateThatIsRevoked() {
        String verify = "sslmode=verify-ca sslrootcert=%s sslcrl=".formatted(real.certificates.certificate("ca"));

        assertThat(tlsOf(verify + real.certificates.revocationList("ca", "client", "-1H")))
                .isNotNull();
        assertThatThrownBy(() -> real.connect(verify + real.certificates.revocationList("ca", "server", "-1H")))
                .isInstanceOf(ConnectionException.class)
                .hasMessageContaining("SSL error: ");
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1", "a.b.example.org", "example.org", "elsewhere"})
    void refusesACertificateForAnotherName(String host) {
        assertThatThrownBy(() -> real.connect("sslmode=verify-full host=%s hostaddr=127.0.0.1 sslrootcert=%s"
                        .formatted(host, real.certificates.certificate("ca"))))
                .isInstanceOf(ConnectionException.class)
                .hasMessageContaining("does not match host name \"" + host + "\"");
    }

    @Test
    void demandsARootCertificateBeforeItVerifies() {
        assertThatThrownBy(() -> real.connect("sslmode=verify-full sslrootcert=/nope"))
                .isInstanceOfSatisfying(
                        ConfigurationException.class,
                        e -> assertThat(e.sqlState()).isEqualTo(SqlState.UNDEFINED_FILE))
                .hasMessageStartingWith("root certificate file \"/nope\" does not exist\nEither provide the file,");
    }

    @Test
    void provesItselfWithACertificate() {
        Path certificate = real.certificates.certificate("client");
        Path key = real.certificates.key("client");

        assertThat(tlsOf("user=r_cert sslcert=%s sslkey=%s".formatted(certificate, key)))
                .isNotNull();
        assertThat(tlsOf("user=r_cert sslcertmode=require sslcert=%s sslkey=%s".formatted(certificate, key)))
                .isNotNull();
        assertThatThrownBy(() -> real.connect("user=r_cert")).isInstanceOf(ServerErrorException.class);
        assertThatThrownBy(() -> real.connect(
                        "user=r_cert sslcertmode=disable sslcert=%s sslkey=%s".formatted(certificate, key)))
                .isInstanceOf(ServerErrorException.class);
    }

    @Test
    void isStrictWhenThePolicySaysSo() {
        Path ca = real.certificates.certificate("ca");
        String full = "host=localhost hostaddr=127.0.0.1 sslrootcert=" + ca;

        try (WalReceiverConnection connection = real.connect(
                "user=r_scram password='Sécret 1' " + full, options -> options.withPolicy(Policy.STRICT))) {
            assertThat(connection.senderInfo().tls()).isNotNull();
        }
        assertThatThrownBy(() -> real.connect("user=postgres " + full, options -> options.withPolicy(Policy.STRICT)))
                .hasMessageContaining("server did not complete authentication");
        assertThatThrownBy(() -> real.connect(
                        "user=r_scram host=localhost.example.org hostaddr=10.0.0.1 sslmode=require",
                        options -> options.withPolicy(Policy.STRICT)))
                .isInstanceOf(ConfigurationException.class);
    }

    @Test
    void connectsThroughASocketOfTheMachine() {
        String conninfo = "host=%s port=%d user=postgres sslmode=require"
                .formatted(real.server.socketDirectory(), real.server.port());
        try (WalReceiverConnection connection = new LibpqReceiverTransport().connect(real.options(conninfo))) {
            assertThat(connection.identifySystem().systemIdentifier()).isNotNull();
            assertThat(connection.senderInfo().tls()).isNull();
            assertThat(connection.senderInfo().host())
                    .isEqualTo(real.server.socketDirectory().toString());
        }
    }

    @Test
    void triesTheNextHostAndTellsAboutEachThatFailed() {
        String socketDirectory = real.server.socketDirectory().toString();
        String closed = "host=%s,127.0.0.1 port=1,1 user=postgres".formatted(socketDirectory);
        String open = "host=%s,127.0.0.1 port=1,%d user=postgres".formatted(socketDirectory, real.server.port());

        try (WalReceiverConnection connection = new LibpqReceiverTransport().connect(real.options(open))) {
            assertThat(connection.senderInfo().host()).isEqualTo("127.0.0.1");
        }
        assertThatThrownBy(() -> new LibpqReceiverTransport().connect(real.options(closed)))
                .isInstanceOfSatisfying(
                        ConnectionException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlState.CANNOT_CONNECT))
                .hasMessage("""
                        connection to server on socket "%s/.s.PGSQL.1" failed: No such file or directory
                        \tIs the server running locally and accepting connections on that socket?
                        connection to server at "127.0.0.1", port 1 failed: Connection refused
                        \tIs the server running on that host and accepting TCP/IP connections?""", socketDirectory);
    }

    @Test
    void looksForTheKindOfServerThatIsWanted() {
        assertThat(tlsOf("target_session_attrs=primary")).isNotNull();
        assertThat(tlsOf("target_session_attrs=read-write")).isNotNull();
        assertThat(tlsOf("target_session_attrs=prefer-standby")).isNotNull();
        assertThat(tlsOf("target_session_attrs=read-only options='-c default_transaction_read_only=on'"))
                .isNotNull();
        assertRefused("target_session_attrs=standby", "server is not in hot standby mode");
        assertRefused("target_session_attrs=read-only", "session is not read-only");
    }

    @Test
    void waitsForNobodyWhoIsStartingUp() {
        real.server.stop(PostgresServer.Mode.FAST);

        assertThatThrownBy(() -> real.connect("")).hasMessageContaining("Connection refused");
        real.server.start();
    }
}
