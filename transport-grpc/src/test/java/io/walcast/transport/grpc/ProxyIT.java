// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.ConnectionException;
import io.walcast.ipc.Latch;
import io.walcast.testkit.net.LoopbackPorts;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.WalReceiverConnection;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection through a proxy, by its method CONNECT. */
@ExtendWith(QuietGrpc.class)
@Timeout(60)
final class ProxyIT {
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : toClose) {
            one.close();
        }
        LeakRecorder.assertNothingLeaked();
    }

    /** Starts a proxy that leads to {@code port} whatever it is asked for, and returns its own port. */
    private int proxyTo(int port, String answer) {
        ServerSocket listening = LoopbackPorts.listen();
        toClose.add(listening);
        inBackground(() -> {
            while (true) {
                Socket client = listening.accept();
                toClose.add(client);
                BufferedReader head = new BufferedReader(
                        new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII), 1);
                StringBuilder request = new StringBuilder();
                for (String line = head.readLine(); line != null && !line.isEmpty(); line = head.readLine()) {
                    request.append(line).append('\n');
                }
                requests.add(request.toString());
                client.getOutputStream().write(("HTTP/1.1 " + answer + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
                toClose.add(server);
                inBackground(() -> client.getInputStream().transferTo(server.getOutputStream()));
                inBackground(() -> server.getInputStream().transferTo(client.getOutputStream()));
            }
        });
        return listening.getLocalPort();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void inBackground(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // closed
                    }
                },
                "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private WalReceiverConnection connect(String conninfo, Map<String, String> environment) {
        WalReceiverConnection connection = new GrpcReceiverTransport()
                .connect(ConnectOptions.of(conninfo, new Latch()).withEnvironment(environment));
        toClose.add(0, connection);
        return connection;
    }

    private FakeReplication server() {
        FakeReplication server = FakeReplication.start(FakeReplication::begin);
        toClose.add(server);
        return server;
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTPS_PROXY", "https_proxy"})
    void goesThroughTheEnvironmentsProxy(String variable) {
        int proxy = proxyTo(server().port(), "200 OK");

        connect("grpc://db.example:5434?plaintext=yes", Map.of(variable, "http://me:se%40cret@127.0.0.1:" + proxy));

        assertThat(requests)
                .singleElement()
                .asString()
                .startsWith("CONNECT db.example:5434 HTTP/1.1\n")
                .containsIgnoringCase("proxy-authorization: basic bWU6c2VAY3JldA==");
    }

    @Test
    void goesThroughTheProxyOfTheJdksSettings() {
        int proxy = proxyTo(server().port(), "200 OK");
        System.setProperty("https.proxyHost", "127.0.0.1");
        System.setProperty("https.proxyPort", Integer.toString(proxy));
        try {
            connect("grpc://db.example:5434?plaintext=yes", Map.of());
        } finally {
            System.clearProperty("https.proxyHost");
            System.clearProperty("https.proxyPort");
        }

        assertThat(requests).singleElement().asString().startsWith("CONNECT db.example:5434 HTTP/1.1\n");
    }

    @Test
    void saysWhatTheProxySaid() {
        int proxy = proxyTo(server().port(), "403 Forbidden\r\nContent-Length: 0");

        assertThatThrownBy(() -> connect(
                        "grpc://db.example?plaintext=yes&connect_timeout=9",
                        Map.of("HTTPS_PROXY", "127.0.0.1:" + proxy)))
                .isInstanceOf(ConnectionException.class)
                .hasMessageContaining("403");
    }

    @Test
    void goesStraightToItsOwnMachine() {
        FakeReplication server = server();

        connect("grpc://localhost:" + server.port(), Map.of("HTTPS_PROXY", "127.0.0.1:1"));

        assertThat(server.begins()).hasSize(1);
    }

    @Test
    void goesStraightToItsOwnMachineWhateverTheJdksSelectorSays() {
        FakeReplication server = server();
        ProxySelector before = ProxySelector.getDefault();
        ProxySelector.setDefault(ProxySelector.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)));
        try {
            connect("grpc://localhost:" + server.port(), Map.of());
        } finally {
            ProxySelector.setDefault(before);
        }

        assertThat(server.begins()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "db.example, false",
        "DB.Example, false",
        "a.db.example, false",
        "xdb.example, true",
        "other, true",
        "a.suffix, false",
        "suffix, true",
        "127.0.0.1, false"
    })
    void knowsExceptions(String host, boolean proxied) throws IOException {
        EnvironmentProxy proxy = EnvironmentProxy.of(
                Map.of("https_proxy", "http://127.0.0.1:1", "NO_PROXY", "nobody, db.example,.suffix"));
        assertThat(proxy).isNotNull();

        assertThat(proxy.proxyFor(InetSocketAddress.createUnresolved(host, 1)) != null)
                .isEqualTo(proxied);
    }

    @Test
    void needsNoProxy() throws IOException {
        EnvironmentProxy forNobody = EnvironmentProxy.of(Map.of("https_proxy", "127.0.0.1", "no_proxy", "*"));

        assertThat(EnvironmentProxy.of(Map.of("https_proxy", ""))).isNull();
        assertThat(forNobody).isNotNull();
        assertThat(forNobody.proxyFor(InetSocketAddress.createUnresolved("h", 1)))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"socks5://p:1", "http://", "http://hidden pass@h", "://"})
    void refusesProxiesThatCannotBe(String proxy) {
        assertThatThrownBy(() -> EnvironmentProxy.of(Map.of("https_proxy", proxy)))
                .isInstanceOf(ConfigurationException.class)
                .message()
                .startsWith("https_proxy: ")
                .doesNotContain("hidden");
    }
}
