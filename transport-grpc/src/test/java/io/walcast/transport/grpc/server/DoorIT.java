// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.walcast.testkit.standby.StandbyLogin;
import io.walcast.transport.ListenOptions.Limits;
import io.walcast.transport.grpc.QuietGrpc;
import io.walcast.transport.grpc.v1.ReplicationGrpc;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What strangers may do, and what they may not. */
@Timeout(120)
@ExtendWith(QuietGrpc.class)
class DoorIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int CONNECTIONS = 20;
    private static final int CROWD = 300;
    private static final Duration HANDSHAKE = Duration.ofSeconds(4);

    private final List<Socket> sockets = new ArrayList<>();
    private ServerUnderTest server;

    @BeforeEach
    void listen() {
        Limits limits = new Limits(HANDSHAKE, 10, 4, CONNECTIONS, 1 << 20, 16 << 10);
        server = ServerUnderTest.start(ServerUnderTest.anyPort().withLimits(limits));
    }

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        server.close();
    }

    private Socket connect() throws IOException {
        InetSocketAddress address = server.listener.address();
        Socket socket = new Socket(address.getAddress(), address.getPort());
        sockets.add(socket);
        return socket;
    }

    private static boolean isClosed(Socket socket) throws IOException {
        socket.setSoTimeout(1);
        try {
            while (socket.getInputStream().read() >= 0) {
                // what a server says first
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    @Test
    void closesThoseWhoSayNothing() throws IOException {
        for (int i = 0; i < CROWD; i++) {
            connect();
        }

        await().atMost(SOON).untilAsserted(() -> {
            for (Socket socket : sockets) {
                assertThat(isClosed(socket)).isTrue();
            }
        });
        assertThat(identifies()).isTrue();
    }

    private boolean identifies() {
        return GrpcStandby.begin(server.plain(), new Metadata(), RequestMessages.begin(StandbyLogin.PHYSICAL))
                .identify(SOON)
                .ready();
    }

    @Test
    void hasTheNextOnesWaitForTheirTurn() throws Exception {
        for (int i = 0; i < 4; i++) {
            connect();
        }
        CompletableFuture<Boolean> next = new CompletableFuture<>();
        new Thread(() -> next.complete(identifies())).start();
        await().during(Duration.ofMillis(200)).until(() -> !next.isDone());

        sockets.get(0).close();

        assertThat(next.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void countsNoneWhoHasLoggedInAsAStranger() {
        for (int i = 0; i < CONNECTIONS; i++) {
            assertThat(identifies()).isTrue();
        }
        assertThatThrownBy(this::identifies).hasMessageContaining("sorry, too many clients already");
    }

    private static ServingStatus health(ManagedChannel channel, String service) {
        return HealthGrpc.newBlockingStub(channel)
                .check(HealthCheckRequest.newBuilder().setService(service).build())
                .getStatus();
    }

    private void listenWith(String parameter, String value) {
        server.close();
        server = ServerUnderTest.start(ServerUnderTest.anyPort().withParameters(Map.of(parameter, value)));
    }

    @Test
    void closesConnectionsWithoutASession() {
        listenWith("max_connection_idle", "1s");
        ManagedChannel channel = server.plain();
        assertThat(health(channel, "")).isEqualTo(ServingStatus.SERVING);

        await().atMost(SOON).until(() -> channel.getState(false) == ConnectivityState.IDLE);
    }

    @Test
    void letsSessionsGoOnWhoseConnectionIsTooOldForOthers() {
        listenWith("max_connection_age", "1s");
        ManagedChannel channel = server.plain();
        GrpcStandby old = GrpcStandby.begin(channel, new Metadata(), RequestMessages.begin(StandbyLogin.PHYSICAL));
        assertThat(old.identify(SOON).ready()).isTrue();

        await().atMost(SOON).until(() -> channel.getState(false) == ConnectivityState.IDLE);

        assertThat(old.identify(SOON).ready()).isTrue();
        assertThat(identifies()).isTrue();
    }

    @Test
    void tellsStrangersHowItIs() {
        ManagedChannel channel = server.plain();

        assertThat(health(channel, "")).isEqualTo(ServingStatus.SERVING);
        assertThat(health(channel, ReplicationGrpc.SERVICE_NAME)).isEqualTo(ServingStatus.SERVING);
        assertThatThrownBy(() -> health(channel, "another"))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
    }

    @Test
    void tellsWatchersThatItStops() {
        ManagedChannel channel = server.plain();
        Iterator<HealthCheckResponse> watch =
                HealthGrpc.newBlockingStub(channel).watch(HealthCheckRequest.getDefaultInstance());
        assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.SERVING);

        server.listener.stopAccepting();

        assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
    }

    @Test
    void keepsNobodyOutBecauseOthersWatch() {
        List<Iterator<HealthCheckResponse>> watches = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Iterator<HealthCheckResponse> watch =
                    HealthGrpc.newBlockingStub(server.plain()).watch(HealthCheckRequest.getDefaultInstance());
            watch.next();
            watches.add(watch);
        }

        assertThat(identifies()).isTrue();
        server.listener.stopAccepting();
        watches.forEach(watch -> assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING));
    }
}
