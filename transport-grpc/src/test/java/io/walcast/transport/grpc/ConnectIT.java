// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.Retry;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;
import io.walcast.ipc.Latch;
import io.walcast.testkit.net.LoopbackPorts;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.SenderInfo;
import io.walcast.transport.WalReceiverConnection;
import io.walcast.transport.grpc.v1.Begin;
import io.walcast.transport.grpc.v1.SessionRequest;
import io.walcast.transport.grpc.v1.SessionResponse;
import io.walcast.transport.grpc.wire.ErrorMessages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How hosts are tried, who is shown a secret, and what is said when it does not work. */
@ExtendWith(QuietGrpc.class)
@Timeout(60)
final class ConnectIT {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final ErrorFields WANTS_PASSWORD =
            new ErrorFields("FATAL", SqlState.INVALID_PASSWORD, "password authentication failed", null, null);

    @TempDir
    private Path directory;

    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : toClose) {
            one.close();
        }
        LeakRecorder.assertNothingLeaked();
    }

    private FakeReplication server(BiConsumer<SessionRequest, StreamObserver<SessionResponse>> answer) {
        FakeReplication server = FakeReplication.start(answer);
        toClose.add(server);
        return server;
    }

    private FakeReplication server() {
        return server(FakeReplication::begin);
    }

    private FakeReplication refusing(ErrorFields fields) {
        return server((request, responses) -> responses.onError(ErrorMessages.status(fields)));
    }

    /** Asks for a password, and takes any. */
    private FakeReplication guarded() {
        AtomicInteger calls = new AtomicInteger();
        List<FakeReplication> self = new ArrayList<>();
        FakeReplication server = server((request, responses) -> {
            if (self.get(0).headers().get(calls.getAndIncrement()).containsKey(AUTHORIZATION)) {
                responses.onNext(FakeReplication.BEGUN);
            } else {
                responses.onError(ErrorMessages.status(WANTS_PASSWORD));
            }
        });
        self.add(server);
        return server;
    }

    private WalReceiverConnection connect(String conninfo) {
        return connect(conninfo, options -> options);
    }

    private WalReceiverConnection connect(String conninfo, UnaryOperator<ConnectOptions> change) {
        ConnectOptions options =
                ConnectOptions.of(conninfo, new Latch()).withEnvironment(Map.of("HOME", "/nonexistent"));
        WalReceiverConnection connection = new GrpcReceiverTransport().connect(change.apply(options));
        toClose.add(0, connection);
        return connection;
    }

    @Test
    void saysWhoItIsAndWhomItFound() {
        FakeReplication server = server();

        SenderInfo info = connect("grpc://me@localhost:%d?options=-c%%20a=b&application_name=x"
                        .replace("=b", "%%3Db")
                        .formatted(server.port()))
                .senderInfo();

        assertThat(info)
                .isEqualTo(
                        new SenderInfo("localhost", server.port(), 180_001, 7, Map.of("server_version", "18.1"), null));
        assertThat(server.begins())
                .containsExactly(Begin.newBuilder()
                        .setUser("me")
                        .putParameters("application_name", "x")
                        .putParameters("options", "-c a=b")
                        .build());
        assertThat(server.headers()).noneMatch(headers -> headers.containsKey(AUTHORIZATION));
    }

    @Test
    void triesTheNextHostWhenOneIsNotThere() {
        FakeReplication server = server();
        int nobody = LoopbackPorts.free();

        assertThat(connect("grpc://127.0.0.1:%d,localhost:%d".formatted(nobody, server.port()))
                        .senderInfo()
                        .port())
                .isEqualTo(server.port());
    }

    @Test
    void triesTheNextHostWhenOneCannotTakeConnectionsNow() {
        FakeReplication starting =
                refusing(new ErrorFields("FATAL", SqlState.CANNOT_CONNECT_NOW, "starting up", null, null));
        FakeReplication server = server();

        assertThat(connect("grpc://localhost:%d,localhost:%d".formatted(starting.port(), server.port()))
                        .senderInfo()
                        .port())
                .isEqualTo(server.port());
    }

    @Test
    void showsNoOtherHostASecretThatOneDidNotLike() {
        FakeReplication refusing = refusing(WANTS_PASSWORD);
        FakeReplication other = server();

        assertThatThrownBy(() ->
                        connect("grpc://me:wrong@localhost:%d,localhost:%d".formatted(refusing.port(), other.port())))
                .isInstanceOfSatisfying(
                        ServerErrorException.class, e -> assertThat(e.fields()).isEqualTo(WANTS_PASSWORD))
                .hasMessage(
                        "connection to server at \"localhost\", port %d failed: FATAL:  password authentication failed"
                                .formatted(refusing.port()));
        assertThat(other.begins()).isEmpty();
    }

    @Test
    void beginsWithAnotherHostEachTime() {
        FakeReplication one = server();
        FakeReplication two = server();
        String hosts = "grpc://localhost:%d,localhost:%d".formatted(one.port(), two.port());

        for (int i = 0; i < 4; i++) {
            connect(hosts + "?load_balance=round_robin");
        }
        assertThat(one.begins()).hasSize(2);
        assertThat(two.begins()).hasSize(2);
        for (int i = 0; i < 4; i++) {
            connect(hosts);
        }
        assertThat(one.begins()).hasSize(6);
    }

    @Test
    void saysWhyNoneWillDo() throws IOException {
        int nobody = LoopbackPorts.free();
        try (ServerSocket silent = LoopbackPorts.listen()) {
            assertThatThrownBy(() -> connect("grpc://127.0.0.1:%d,127.0.0.1:%d?connect_timeout=2"
                            .formatted(nobody, silent.getLocalPort())))
                    .isInstanceOfSatisfying(ConnectionException.class, e -> {
                        assertThat(e.sqlState()).isEqualTo(SqlState.CANNOT_CONNECT);
                        assertThat(e.retry()).isEqualTo(Retry.BACKOFF);
                    })
                    .hasMessage("""
                            connection to server at "127.0.0.1", port %d failed: Connection refused
                            connection to server at "127.0.0.1", port %d failed: connect: timeout expired""".formatted(nobody, silent.getLocalPort()));
        }
    }

    @Test
    void saysThatANameIsNotKnown() {
        assertThatThrownBy(() -> connect("grpc://no-such-host.invalid?plaintext=yes&connect_timeout=9"))
                .isInstanceOf(ConnectionException.class)
                .hasMessage(
                        "connection to server at \"no-such-host.invalid\", port 5434 failed: could not translate host"
                                + " name to address: Name or service not known");
    }

    @Test
    void saysThatItIsNoHttp2() throws Exception {
        try (ServerSocket other = LoopbackPorts.listen()) {
            Thread answer = new Thread(() -> {
                try (Socket socket = other.accept()) {
                    socket.getOutputStream()
                            .write("E\0\0\0\u0010SFATAL\0\0and so on".getBytes(StandardCharsets.US_ASCII));
                    socket.getInputStream().readAllBytes();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            answer.setDaemon(true);
            answer.start();
            assertThatThrownBy(() -> connect("grpc://127.0.0.1:%d".formatted(other.getLocalPort())))
                    .isInstanceOf(ConnectionException.class)
                    .hasMessageEndingWith("server does not speak HTTP/2 here (is it another port, or grpcs://?)");
        }
    }

    @Test
    void saysThatItIsNoReplicationServer() {
        FakeReplication server =
                server((request, responses) -> responses.onError(Status.UNIMPLEMENTED.asRuntimeException()));

        assertThatThrownBy(() -> connect("grpc://localhost:" + server.port()))
                .isInstanceOfSatisfying(
                        WalException.class, e -> assertThat(e.retry()).isEqualTo(Retry.SLOW))
                .hasMessageContaining("server does not offer replication");
    }

    @ParameterizedTest
    @EnumSource(
            names = {"UNAVAILABLE", "INTERNAL", "OK", "CANCELLED"},
            value = Status.Code.class)
    void triesTheNextHostWhenAProxyFails(Status.Code code) {
        FakeReplication failing = server((request, responses) -> {
            if (code == Status.Code.OK) {
                responses.onCompleted();
            } else {
                responses.onError(code.toStatus().asRuntimeException());
            }
        });
        FakeReplication server = server();

        assertThat(connect("grpc://localhost:%d,localhost:%d".formatted(failing.port(), server.port()))
                        .senderInfo()
                        .port())
                .isEqualTo(server.port());
    }

    @Test
    void sendsTheSecretThatItKnows() throws IOException {
        FakeReplication server = server();
        Path passfile = Files.writeString(
                directory.resolve("pass"), "localhost:%d:replication:me:from file\n".formatted(server.port()));
        Files.setPosixFilePermissions(passfile, PosixFilePermissions.fromString("rw-------"));
        String conninfo = "grpc://me@localhost:%d?passfile=%s".formatted(server.port(), passfile);

        connect(conninfo);
        connect(conninfo, options -> options.withEnvironment(Map.of("PGPASSWORD", "from environment")));
        connect(conninfo.replace("me@", "me:from%20conninfo@"));

        assertThat(server.headers())
                .extracting(headers -> headers.get(AUTHORIZATION))
                .containsExactly("Bearer from file", "Bearer from environment", "Bearer from conninfo");
    }

    @Test
    void saysWhereARefusedSecretCameFrom() throws IOException {
        FakeReplication server = refusing(WANTS_PASSWORD);
        Path passfile = Files.writeString(directory.resolve("pass"), "*:*:*:*:x");
        Files.setPosixFilePermissions(passfile, PosixFilePermissions.fromString("rw-------"));

        assertThatThrownBy(() -> connect("grpc://localhost:%d?passfile=%s".formatted(server.port(), passfile)))
                .hasMessageEndingWith("password retrieved from file \"%s\"".formatted(passfile));
    }

    @Test
    void asksForASecretOnceItIsWanted() {
        FakeReplication server = guarded();
        List<@Nullable String> asked = new ArrayList<>();
        char[] answer = "typed".toCharArray();

        connect(
                "grpc://me@localhost:" + server.port(),
                options -> options.withPasswordPrompt(user -> {
                    asked.add(user);
                    return answer;
                }));

        assertThat(asked).containsExactly("me");
        assertThat(answer).containsOnly('\0');
        assertThat(server.headers().get(0).containsKey(AUTHORIZATION)).isFalse();
        assertThat(server.headers().get(1).get(AUTHORIZATION)).isEqualTo("Bearer typed");
    }

    @Test
    void asksNobodyUnlessItIsWanted() {
        connect(
                "grpc://me@localhost:" + server().port(),
                options -> options.withPasswordPrompt(user -> {
                    throw new AssertionError("asked");
                }));
        FakeReplication guarded = guarded();

        assertThatThrownBy(() -> connect("grpc://localhost:" + guarded.port()))
                .isInstanceOf(ServerErrorException.class);
        assertThatThrownBy(() ->
                        connect("grpc://localhost:" + guarded.port(), options -> options.withPasswordPrompt(u -> null)))
                .isInstanceOf(ServerErrorException.class);
    }

    @Test
    void refusesASecretThatNoHeaderCanHold() {
        int port = server().port();

        for (String secret : List.of("%C3%BC", "a%0Ab", "%20a", "a%20")) {
            assertThatThrownBy(() -> connect("grpc://me:%s@localhost:%d".formatted(secret, port)))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageStartingWith("a password for gRPC must be of printable ASCII characters");
        }
    }

    @Test
    void asksForCompression() {
        FakeReplication server = server();

        connect("grpc://localhost:%d?compression=zstd:level=5".formatted(server.port()));
        connect("grpc://localhost:%d".formatted(server.port()));

        Metadata.Key<String> wanted = Metadata.Key.of("walcast-compression", Metadata.ASCII_STRING_MARSHALLER);
        Metadata.Key<String> accepted = Metadata.Key.of("grpc-accept-encoding", Metadata.ASCII_STRING_MARSHALLER);
        assertThat(server.headers().get(0).get(wanted)).isEqualTo("zstd:level=5");
        assertThat(server.headers().get(0).get(accepted)).contains("zstd").doesNotContain("gzip");
        assertThat(server.headers().get(1).containsKey(wanted)).isFalse();
        assertThat(server.headers().get(1).containsKey(accepted)).isFalse();
    }

    @Test
    void reachesIpv6Addresses() throws IOException {
        assertThatThrownBy(() -> connect("grpc://[::1]:1"))
                .isInstanceOf(ConnectionException.class)
                .hasMessageStartingWith("connection to server at \"::1\", port 1 failed");
        if (!hasIpv6()) {
            return; // what can be shown without it was
        }
        InetAddress address = ipv6Loopback();
        FakeReplication server = FakeReplication.start(
                FakeReplication::begin, builder -> builder.addListenAddress(new InetSocketAddress(address, 0)));
        toClose.add(server);

        assertThat(connect("grpc://[::1]:" + server.ipv6Port()).senderInfo().host())
                .isEqualTo("::1");
    }

    private static InetAddress ipv6Loopback() throws UnknownHostException {
        byte[] address = new byte[16];
        address[15] = 1;
        return InetAddress.getByAddress(address);
    }

    private static boolean hasIpv6() {
        try (ServerSocket probe = new ServerSocket(0, 1, ipv6Loopback())) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void keepsTheDeadlineOfAllHostsTogether() throws IOException {
        try (ServerSocket silent = LoopbackPorts.listen()) {
            int port = silent.getLocalPort();

            assertThatThrownBy(() -> connect(
                            "grpc://localhost:%d,localhost:%d".formatted(port, port),
                            options -> options.withTimeout(Duration.ofMillis(300))))
                    .isInstanceOf(ConnectionException.class)
                    .hasMessage("connection to server at \"localhost\", port %d failed: connect: timeout expired"
                            .formatted(port));
        }
    }
}
