// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.walcast.auth.AccessFiles;
import io.walcast.auth.ScramVerifier;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.testkit.TestCertificates;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.SessionRequest;
import io.walcast.transport.grpc.QuietGrpc;
import io.walcast.transport.grpc.v1.IdentifySystemRequest;
import io.walcast.transport.grpc.v1.ReplicationGrpc;
import io.walcast.transport.grpc.wire.ErrorMessages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may come in, by the same files as with PostgreSQL's protocol. */
@Timeout(120)
@ExtendWith(QuietGrpc.class)
class AccessIT {
    private static final String PASSWORD = "CANARY-7f3a";
    private static final int ITERATIONS = 4_096;

    @TempDir
    private static Path keys;

    private static TestCertificates certificates;

    @TempDir
    private Path home;

    private @Nullable ServerUnderTest server;

    @BeforeAll
    static void makeCertificates() {
        certificates = new TestCertificates(keys)
                .authority("ca")
                .authority("stranger")
                .signed("localhost", "ca", "CN=localhost", "-keyalg", "EC", "-ext", "san=dns:localhost")
                .signed("second", "ca", "CN=localhost", "-keyalg", "EC", "-ext", "san=dns:localhost")
                .signed("rep", "ca", "CN=rep", "-keyalg", "EC")
                .signed("node7", "ca", "CN=node7.example", "-keyalg", "EC")
                .signed("bob", "ca", "CN=bob", "-keyalg", "EC")
                .signed("revoked", "ca", "CN=rep", "-keyalg", "EC")
                .signed("forged", "stranger", "CN=rep", "-keyalg", "EC");
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
    }

    private ServerUnderTest listen(String clientCertificate) throws IOException {
        use("localhost");
        ListenOptions.Tls tls = new ListenOptions.Tls(
                home.resolve("server.crt"),
                home.resolve("server.key"),
                certificates.certificate("ca"),
                certificates.revocationList("ca", "revoked", "-1H"),
                "TLSv1.2");
        return started(ServerUnderTest.anyPort()
                .withScheme("grpcs")
                .withTls(tls)
                .withParameters(Map.of("client_certificate", clientCertificate)));
    }

    private void use(String alias) throws IOException {
        Files.copy(certificates.certificate(alias), home.resolve("server.crt"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(
                certificates.key(alias),
                home.resolve("server.key"),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES);
    }

    private ServerUnderTest started(ListenOptions options) {
        ServerUnderTest begun = ServerUnderTest.start(options);
        server = begun;
        return begun;
    }

    /** Says who may come in. */
    private void rules(String hba, String ident) throws IOException {
        Files.writeString(home.resolve(AccessFiles.HBA), hba + "\n");
        Files.writeString(home.resolve(AccessFiles.IDENT), ident + "\n");
        ScramVerifier verifier = ScramVerifier.derive(PASSWORD.toCharArray(), new byte[16], ITERATIONS);
        Path users = home.resolve("users");
        Files.writeString(users, "rep %s replication\nbob - replication\n".formatted(verifier.stored()));
        Files.setPosixFilePermissions(users, PosixFilePermissions.fromString("rw-------"));
        if (server != null) {
            server.service.access(AccessFiles.load(home, ITERATIONS));
        }
    }

    private ManagedChannel encrypted(@Nullable String client) {
        assertThat(server).isNotNull();
        return server.channel(address -> Standbys.encrypted(address, certificates, "ca", client));
    }

    private static void identify(ManagedChannel channel, String user, @Nullable String secret) {
        Metadata headers = new Metadata();
        if (!user.isEmpty()) {
            headers.put(Metadata.Key.of("walcast-user", Metadata.ASCII_STRING_MARSHALLER), user);
        }
        if (secret != null) {
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + secret);
        }
        assertThat(ReplicationGrpc.newBlockingStub(channel)
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                        .identifySystem(IdentifySystemRequest.getDefaultInstance())
                        .getTimeline())
                .isEqualTo(3);
    }

    private static void refuses(
            ManagedChannel channel,
            String user,
            @Nullable String secret,
            Status.Code code,
            SqlState state,
            String text) {
        StatusRuntimeException refused =
                catchThrowableOfType(StatusRuntimeException.class, () -> identify(channel, user, secret));
        assertThat(refused).isNotNull();
        Metadata trailers = refused.getTrailers();
        Optional<ErrorFields> fields =
                ErrorMessages.fields(refused.getStatus(), trailers == null ? new Metadata() : trailers);
        assertThat(fields).isPresent();
        assertThat(fields.get().message()).isEqualTo(text);
        assertThat(fields.get().severity()).isEqualTo("FATAL");
        assertThat(fields.get().sqlState()).isEqualTo(state);
        assertThat(refused.getStatus().getCode()).isEqualTo(code);
    }

    @Test
    void takesACertificateForItsUserOnly() throws IOException {
        ServerUnderTest running = listen("require");
        rules("hostssl replication all 127.0.0.1/32 cert", "");

        identify(encrypted("rep"), "rep", null);
        identify(encrypted("rep"), "", null);

        SessionRequest.TlsState state =
                running.service.sessions().get(0).request().tls();
        assertThat(state).isNotNull();
        assertThat(state.clientDn()).isEqualTo("CN=rep");
        assertThat(running.service.sessions().get(1).request().user()).isEqualTo("rep");
        refuses(
                encrypted("rep"),
                "bob",
                null,
                Status.Code.UNAUTHENTICATED,
                SqlState.INVALID_AUTHORIZATION,
                "certificate authentication failed for user \"bob\"");
    }

    @Test
    void mapsCertificatesToUsers() throws IOException {
        ServerUnderTest running = listen("require");
        rules(
                "hostssl replication all 127.0.0.1/32 cert map=nodes\nhostssl replication bob all reject",
                "nodes /^node[0-9]+\\.example$ rep");

        identify(encrypted("node7"), "rep", null);
        identify(encrypted("node7"), "", null);

        assertThat(running.service.sessions())
                .allSatisfy(session -> assertThat(session.request().user()).isEqualTo("rep"));
        refuses(
                encrypted("bob"),
                "rep",
                null,
                Status.Code.UNAUTHENTICATED,
                SqlState.INVALID_AUTHORIZATION,
                "certificate authentication failed for user \"rep\"");
    }

    @ParameterizedTest
    @CsvSource({"NONE", "forged", "revoked"})
    void endsTheHandshakeWithoutAGoodCertificate(String client) throws IOException {
        ServerUnderTest running = listen("require");
        rules("hostssl replication all 127.0.0.1/32 trust", "");

        assertThatThrownBy(() -> identify(encrypted(client.equals("NONE") ? null : client), "rep", null))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
        assertThat(running.service.sessions()).isEmpty();
    }

    @Test
    void takesAPasswordAsBearerToken() throws IOException {
        listen("optional");
        rules("hostssl replication all 127.0.0.1/32 scram-sha-256", "");
        ManagedChannel channel = encrypted(null);

        identify(channel, "rep", PASSWORD);

        String failed = "password authentication failed for user \"%s\"";
        long beforeNs = System.nanoTime();
        Status.Code code = Status.Code.UNAUTHENTICATED;
        refuses(channel, "rep", "wrong", code, SqlState.INVALID_PASSWORD, failed.formatted("rep"));
        refuses(channel, "nobody", PASSWORD, code, SqlState.INVALID_PASSWORD, failed.formatted("nobody"));
        assertThat(Duration.ofNanos(System.nanoTime() - beforeNs)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        refuses(channel, "rep", null, code, SqlState.INVALID_PASSWORD, failed.formatted("rep"));
        identify(channel, "rep", PASSWORD);
    }

    @Test
    void takesAPasswordWithoutEncryptionOnTheLoopback() throws IOException {
        ServerUnderTest running = started(ServerUnderTest.anyPort().withScheme("grpc"));
        rules("host replication all 127.0.0.1/32 scram-sha-256", "");

        identify(running.plain(), "rep", PASSWORD);
    }

    @Test
    void wantsACertificateBesidesThePasswordWhereTheRulesDo() throws IOException {
        listen("optional");
        rules("hostssl replication all 127.0.0.1/32 scram-sha-256 clientcert=verify-full", "");

        identify(encrypted("rep"), "rep", PASSWORD);

        refuses(
                encrypted(null),
                "rep",
                PASSWORD,
                Status.Code.UNAUTHENTICATED,
                SqlState.INVALID_AUTHORIZATION,
                "connection requires a valid client certificate");
        refuses(
                encrypted("bob"),
                "rep",
                PASSWORD,
                Status.Code.UNAUTHENTICATED,
                SqlState.INVALID_PASSWORD,
                "password authentication failed for user \"rep\"");
    }

    @Test
    void saysWhyTheRulesRefuse() throws IOException {
        ServerUnderTest running = started(ServerUnderTest.anyPort().withScheme("grpc"));
        rules("hostssl all all all trust", "");

        refuses(
                running.plain(),
                "rep",
                null,
                Status.Code.UNAUTHENTICATED,
                SqlState.INVALID_AUTHORIZATION,
                "no pg_hba.conf entry for replication connection from host \"127.0.0.1\", user \"rep\", no encryption");
        rules("host replication all all reject", "");
        refuses(
                running.plain(),
                "rep",
                null,
                Status.Code.UNAUTHENTICATED,
                SqlState.INVALID_AUTHORIZATION,
                "pg_hba.conf rejects replication connection for host \"127.0.0.1\", user \"rep\", no encryption");
        refuses(
                running.plain(),
                "",
                null,
                Status.Code.UNAUTHENTICATED,
                SqlState.INVALID_AUTHORIZATION,
                "no PostgreSQL user name specified");
    }

    @Test
    void tellsWhoMayNotReplicate() throws IOException {
        ServerUnderTest running = started(ServerUnderTest.anyPort());
        running.service.refuseWith(new ErrorFields(
                "FATAL", SqlState.INSUFFICIENT_PRIVILEGE, "must be superuser or replication role", null, null));

        refuses(
                running.plain(),
                "rep",
                null,
                Status.Code.PERMISSION_DENIED,
                SqlState.INSUFFICIENT_PRIVILEGE,
                "must be superuser or replication role");
    }

    @Test
    void usesANewCertificateFromTheReloadOnAndKeepsTheOldOneIfTheNewIsBad() throws IOException {
        ServerUnderTest running = listen("require");
        rules("hostssl replication all 127.0.0.1/32 cert", "");
        ManagedChannel before = encrypted("rep");
        identify(before, "rep", null);

        use("second");
        running.listener.reload(running.options);
        identify(encrypted("rep"), "rep", null);
        Files.setPosixFilePermissions(home.resolve("server.key"), PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(() -> running.listener.reload(running.options))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("has group or world access");
        identify(encrypted("rep"), "rep", null);
        identify(before, "rep", null);
    }
}
