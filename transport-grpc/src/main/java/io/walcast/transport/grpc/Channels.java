// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.grpc.ManagedChannel;
import io.grpc.ProxyDetector;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.walcast.transport.grpc.wire.Compression;
import io.walcast.transport.grpc.wire.SessionMethod;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes channels, each for one session: a stream that is not read would hold up the others of its connection. Used by one
 * thread, the owner to be.
 */
final class Channels {
    private static final int MIN_WINDOW_BYTES = (64 << 10) - 1;
    private static final int MAX_AHEAD_BYTES = 1 << 20;
    private static final int FIRST_READ_BYTES = 64 << 10;
    private static final int MOST_READ_BYTES = 256 << 10;

    /** What goes to this machine without encryption must not leave it, whatever the JDK's selector thinks. */
    private static final ProxyDetector STRAIGHT = target -> null;

    private final ConnectSettings settings;
    private final Map<String, String> environment;
    private final int windowBytes;
    private @Nullable SslContext context;

    Channels(ConnectSettings settings, Map<String, String> environment, int windowBytes) {
        this.settings = settings;
        this.environment = environment;
        this.windowBytes = windowBytes;
    }

    /** Returns how many bytes of messages gRPC may hand over ahead of the owner; the rest of the window is HTTP/2's. */
    int aheadBytes() {
        return Math.min(MAX_AHEAD_BYTES, windowBytes / 4);
    }

    /** Returns a channel that connects to {@code host} with its first call. */
    ManagedChannel open(GrpcHost host) {
        NettyChannelBuilder builder = builder(host)
                .disableRetry()
                .disableServiceConfigLookUp()
                .maxInboundMessageSize(SessionMethod.MAX_RESPONSE_BYTES)
                .flowControlWindow(Math.max(MIN_WINDOW_BYTES, windowBytes - aheadBytes()))
                .withOption(ChannelOption.TCP_NODELAY, true)
                .withOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(FIRST_READ_BYTES, FIRST_READ_BYTES, MOST_READ_BYTES))
                .compressorRegistry(Compression.compressors(false))
                .decompressorRegistry(settings.compression().decompressors());
        ClientLoops loops = ClientLoops.shared();
        loops.giveTo(builder);
        if (settings.compression().method() == Compression.Method.NONE) {
            builder.directExecutor();
        } else {
            builder.executor(loops.unpackers());
        }
        setTls(builder);
        setPatience(builder);
        ProxyDetector proxy = host.isLoopback() ? STRAIGHT : EnvironmentProxy.of(environment);
        if (proxy != null) {
            builder.proxyDetector(proxy);
        }
        return builder.build();
    }

    private static NettyChannelBuilder builder(GrpcHost host) {
        boolean hasColons = host.name().indexOf(':') >= 0;
        return hasColons
                ? NettyChannelBuilder.forAddress(host.name(), host.port())
                : NettyChannelBuilder.forTarget("dns:///" + host.authority());
    }

    private void setTls(NettyChannelBuilder builder) {
        TlsSettings tls = settings.tls();
        if (tls == null) {
            builder.usePlaintext();
            return;
        }
        SslContext made = context;
        if (made == null) {
            made = ClientTls.context(tls);
            context = made;
        }
        builder.useTransportSecurity().sslContext(made);
    }

    private void setPatience(NettyChannelBuilder builder) {
        KeepaliveSettings keepalive = settings.keepalive();
        if (keepalive.isOn()) {
            builder.keepAliveTime(keepalive.idle().toSeconds(), TimeUnit.SECONDS);
            builder.keepAliveTimeout(keepalive.timeout().toSeconds(), TimeUnit.SECONDS);
        }
        Duration limit = settings.connectTimeout();
        if (!limit.isZero()) {
            builder.withOption(
                    ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(Integer.MAX_VALUE, limit.toMillis()));
        }
    }
}
