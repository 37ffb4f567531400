// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.ConnectionException;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.Listener;
import io.walcast.transport.ReplicationService;
import io.walcast.transport.grpc.v1.ReplicationGrpc;
import io.walcast.transport.grpc.wire.Compression;
import io.walcast.transport.grpc.wire.SessionMethod;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A bound port and the connections accepted on it. Safe for use from any thread. */
final class GrpcListener implements Listener {
    private static final String PLAINTEXT = "grpc";
    private static final String ENCRYPTED = "grpcs";
    private static final int BACKLOG = 1_024;
    private static final int CALLS_PER_CONNECTION = 16;
    private static final int RESETS_PER_PERIOD = 100;
    private static final int RESET_PERIOD_S = 30;
    private static final int METADATA_BYTES = 8 << 10;
    private static final long PATIENCE_S = 30;
    private static final long END_MS = 2_000;

    private final ServerContext context;
    private final @Nullable ServerTls tls;
    private final HealthStatusManager health = new HealthStatusManager();
    private final Server server;

    /** Held while it is being closed: whoever closes it too returns when that is done. */
    private final Object closeLock = new Object();

    @GuardedBy("closeLock")
    private boolean isClosed;

    private InetSocketAddress bound;

    private GrpcListener(ServerContext context, @Nullable ServerTls tls) {
        this.context = context;
        this.tls = tls;
        this.bound = context.options.address();
        this.server = build();
    }

    static GrpcListener listen(ListenOptions options, ReplicationService service) {
        GrpcLog.leavePeersOut();
        ServerSettings settings = ServerSettings.of(options.parameters());
        ServerTls tls = encryption(options, settings);
        ServerThreads threads = new ServerThreads();
        GrpcListener listener = new GrpcListener(new ServerContext(options, settings, service, threads), tls);
        try {
            listener.bound = (InetSocketAddress)
                    listener.server.start().getListenSockets().get(0);
        } catch (IOException e) {
            threads.close();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ConnectionException("could not bind %s: %s".formatted(options.address(), cause.getMessage()), e);
        }
        return listener;
    }

    private static @Nullable ServerTls encryption(ListenOptions options, ServerSettings settings) {
        if (options.scheme().equals(ENCRYPTED)) {
            return ServerTls.of(certificateOf(options), settings);
        }
        if (!options.scheme().isEmpty() && !options.scheme().equals(PLAINTEXT)) {
            throw new ConfigurationException("scheme: '%s' (expected: grpc or grpcs)".formatted(options.scheme()));
        }
        InetAddress address = options.address().getAddress();
        if ((address == null || !address.isLoopbackAddress()) && !settings.isPlaintextAllowed()) {
            throw new ConfigurationException(
                    "grpc://%s is without encryption and can be reached by others (use grpcs, a loopback address, or plaintext=yes)"
                            .formatted(options.address().getHostString()));
        }
        return null;
    }

    private static ListenOptions.Tls certificateOf(ListenOptions options) {
        ListenOptions.Tls files = options.tls();
        if (files == null) {
            throw new ConfigurationException("grpcs: there is no certificate (set ssl_cert_file and ssl_key_file)");
        }
        return files;
    }

    private Server build() {
        ServerSettings settings = context.settings;
        Door door = new Door(context);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(context.options.address())
                .bossEventLoopGroup(context.threads.acceptor())
                .workerEventLoopGroup(context.threads.loops())
                .channelFactory(() -> newChannel(door))
                .withOption(ChannelOption.SO_BACKLOG, BACKLOG)
                .withOption(ChannelOption.SO_REUSEADDR, true)
                .withChildOption(ChannelOption.TCP_NODELAY, true)
                .executor(context.threads.sessions())
                .addTransportFilter(door.filter())
                .addStreamTracerFactory(CallCut.TRACERS)
                .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
                .maxRstFramesPerWindow(RESETS_PER_PERIOD, RESET_PERIOD_S)
                .maxInboundMetadataSize(METADATA_BYTES)
                .maxInboundMessageSize(SessionMethod.MAX_REQUEST_BYTES)
                .compressorRegistry(Compression.compressors(true))
                .flowControlWindow(settings.windowBytes())
                .handshakeTimeout(context.options.limits().handshakeTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveTime(settings.minClientPing().toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveWithoutCalls(true)
                .addService(Services.of(context))
                .addService(Services.watched(health.getHealthService()));
        age(builder, settings);
        if (tls != null) {
            builder.sslContext(tls);
        }
        health.setStatus(ReplicationGrpc.SERVICE_NAME, ServingStatus.SERVING);
        return builder.build();
    }

    private ServerChannel newChannel(Door door) {
        ServerChannel channel = context.threads.newAcceptingChannel();
        channel.pipeline().addLast(door);
        return channel;
    }

    private static void age(NettyServerBuilder builder, ServerSettings settings) {
        if (isSet(settings.maxConnectionAge())) {
            builder.maxConnectionAge(settings.maxConnectionAge().toMillis(), TimeUnit.MILLISECONDS);
        }
        if (isSet(settings.maxConnectionAgeGrace())) {
            builder.maxConnectionAgeGrace(settings.maxConnectionAgeGrace().toMillis(), TimeUnit.MILLISECONDS);
        }
        if (isSet(settings.maxConnectionIdle())) {
            builder.maxConnectionIdle(settings.maxConnectionIdle().toMillis(), TimeUnit.MILLISECONDS);
        }
        if (isSet(settings.keepalive())) {
            builder.keepAliveTime(settings.keepalive().toMillis(), TimeUnit.MILLISECONDS)
                    .keepAliveTimeout(settings.keepaliveTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } else {
            builder.keepAliveTime(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        }
    }

    private static boolean isSet(Duration duration) {
        return !duration.isZero();
    }

    @Override
    public InetSocketAddress address() {
        return bound;
    }

    @Override
    public void reload(ListenOptions options) {
        ServerSettings settings = ServerSettings.of(options.parameters());
        ServerTls encryption = tls;
        if (encryption != null) {
            encryption.use(certificateOf(options), settings);
        }
    }

    @Override
    public void stopAccepting() {
        if (!server.isShutdown()) { // the second time gRPC would log a warning, with a stack trace
            health.enterTerminalState();
            server.shutdown();
        }
    }

    @Override
    public void close() {
        synchronized (closeLock) {
            if (!isClosed) {
                isClosed = true;
                end();
            }
        }
    }

    private void end() {
        stopAccepting();
        context.isClosing = true;
        List<CompletableFuture<Void>> told =
                context.calls.stream().map(ServedCall::listenerClosed).toList();
        CompletableFuture.allOf(told.toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, PATIENCE_S, TimeUnit.SECONDS)
                .join();
        server.shutdownNow();
        try {
            server.awaitTermination(END_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        context.threads.close();
    }
}
