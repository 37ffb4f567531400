// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.walcast.auth.AuthMethod;
import io.walcast.core.TimelineId;
import io.walcast.ipc.Latch;
import io.walcast.testkit.TestCertificates;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.ListenOptions.Limits;
import io.walcast.transport.WalReceiverConnection;
import io.walcast.transport.libpq.LibpqReceiverTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever takes his time to say who he is has until {@code authentication_timeout}, and is in nobody's way. */
@Timeout(60)
class SlowStrangersIT {
    private static final String PASSWORD = "CANARY-7f3a";
    private static final int STRANGERS = 6;
    private static final Duration DEADLINE = Duration.ofSeconds(4);
    private static final Duration MARGIN = Duration.ofSeconds(4);
    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir
    private static Path directory;

    private static TestCertificates certificates;

    private final List<FrontendClient> strangers = new ArrayList<>();
    private ServerUnderTest server;
    private long beganNs;

    @BeforeAll
    static void makeCertificates() {
        certificates = new TestCertificates(directory)
                .authority("ca")
                .signed("localhost", "ca", "CN=localhost", "-keyalg", "EC", "-ext", "san=dns:localhost");
    }

    @BeforeEach
    void listen() {
        ListenOptions.Tls tls = new ListenOptions.Tls(
                certificates.certificate("localhost"), certificates.key("localhost"), null, null, "TLSv1.2");
        server = ServerUnderTest.start(
                directory,
                ServerUnderTest.anyPort().withTls(tls).withLimits(new Limits(DEADLINE, 64, 8, 100, 1 << 20, 16 << 10)));
        server.service.rules = FakeRules.of(AuthMethod.SCRAM_SHA_256).withPassword("rep", PASSWORD);
        requireHonestLogin(); // the first one of all takes its time
        beganNs = System.nanoTime();
    }

    @AfterEach
    void close() throws IOException {
        for (FrontendClient stranger : strangers) {
            stranger.close();
        }
        server.close();
    }

    @Test
    void aClientHelloOfOneByteASecondEndsAtTheDeadline() throws Exception {
        byte[] hello = clientHello();
        for (int i = 0; i < STRANGERS; i++) {
            FrontendClient stranger = server.connect();
            strangers.add(stranger);
            assertThat(stranger.packet(FrontendClient.SSL_REQUEST).readByte()).isEqualTo('S');
        }
        int sent = 0;
        boolean over = false;
        while (!over) {
            for (FrontendClient stranger : strangers) {
                sendIfOpen(stranger, hello[sent]);
            }
            sent++;
            requireHonestLogin();
            over = strangers.get(0).awaitByte(SECOND);
        }
        requireAllEndedAtTheDeadline();
        requireHonestLogin();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoStopsAfterTheMechanismsEndsAtTheDeadline(boolean encrypted) throws Exception {
        for (int i = 0; i < STRANGERS; i++) {
            FrontendClient stranger = encrypted ? encrypted() : server.connect();
            strangers.add(stranger);
            stranger.startup("user", "rep", "replication", "true");
            assertThat(stranger.read().text()).contains("SCRAM-SHA-256\0");
        }
        boolean over = false;
        while (!over) {
            requireHonestLogin();
            over = strangers.get(0).awaitByte(SECOND);
        }
        requireAllEndedAtTheDeadline();
        requireHonestLogin();
    }

    private static void sendIfOpen(FrontendClient stranger, byte next) throws IOException {
        try {
            stranger.raw(next);
        } catch (SocketException e) {
            assertThat(stranger.read().type()).isEqualTo((char) 0);
        }
    }

    private void requireAllEndedAtTheDeadline() throws IOException {
        for (FrontendClient stranger : strangers) {
            assertThat(stranger.read().type()).as("the end of the connection").isEqualTo((char) 0);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - beganNs)).isBetween(DEADLINE, DEADLINE.plus(MARGIN));
    }

    private void requireHonestLogin() {
        long beforeNs = System.nanoTime();
        String conninfo = server.conninfo() + "sslmode=verify-full channel_binding=require sslrootcert="
                + certificates.certificate("ca") + " password=" + PASSWORD;
        ConnectOptions options = ConnectOptions.of(conninfo, new Latch())
                .withEnvironment(Map.of("HOME", directory.toString()))
                .withTimeout(DEADLINE);
        try (WalReceiverConnection honest = new LibpqReceiverTransport().connect(options)) {
            assertThat(honest.identifySystem().timeline()).isEqualTo(TimelineId.FIRST);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - beforeNs)).isLessThan(DEADLINE);
    }

    private static SSLContext context() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        return context;
    }

    private FrontendClient encrypted() throws IOException, GeneralSecurityException {
        InetSocketAddress address = server.listener.address();
        Socket socket = new Socket(address.getAddress(), address.getPort());
        FrontendClient first = new FrontendClient(socket);
        assertThat(first.packet(FrontendClient.SSL_REQUEST).readByte()).isEqualTo('S');
        return new FrontendClient(
                context().getSocketFactory().createSocket(socket, "localhost", address.getPort(), true));
    }

    private static byte[] clientHello() throws IOException, GeneralSecurityException {
        SSLEngine engine = context().createSSLEngine();
        engine.setUseClientMode(true);
        ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        SSLEngineResult result = engine.wrap(ByteBuffer.allocate(0), record);
        return Arrays.copyOf(record.array(), result.bytesProduced());
    }
}
