// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.walcast.testkit.TestCertificates;
import io.walcast.transport.grpc.LeakRecorder;
import io.walcast.transport.grpc.wire.Compression;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** How standbys of tests connect: each by a channel of its own, on event loops of another kind than the server's. */
final class Standbys {
    private static final EventLoopGroup LOOPS = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("walcast-test-standby", true), NioIoHandler.newFactory());
    private static final int WINDOW_BYTES = 128 << 10;
    private static final int MESSAGE_BYTES = 2 << 20;

    private Standbys() {}

    /** Returns the begin of a channel to {@code address}. */
    static NettyChannelBuilder to(InetSocketAddress address) {
        return NettyChannelBuilder.forAddress(address)
                .channelType(NioSocketChannel.class)
                .eventLoopGroup(LOOPS)
                .directExecutor()
                .disableRetry()
                .maxInboundMessageSize(MESSAGE_BYTES)
                .flowControlWindow(WINDOW_BYTES);
    }

    /** Returns a channel without encryption. */
    static ManagedChannel plain(InetSocketAddress address) {
        return to(address).usePlaintext().build();
    }

    /** Returns a channel without encryption whose client can read that compression. */
    static ManagedChannel compressed(InetSocketAddress address, Compression compression) {
        return to(address)
                .usePlaintext()
                .decompressorRegistry(compression.decompressors())
                .build();
    }

    /**
     * Returns a channel with TLS to a server by the name of {@code localhost}.
     *
     * @param client whose certificate to show; null for none
     */
    static ManagedChannel encrypted(
            InetSocketAddress address, TestCertificates certificates, String authority, @Nullable String client) {
        SslContextBuilder tls = GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                .trustManager(certificates.certificate(authority).toFile());
        if (client != null) {
            tls.keyManager(
                    certificates.certificate(client).toFile(),
                    certificates.key(client).toFile());
        }
        try {
            return to(address)
                    .overrideAuthority("localhost")
                    .sslContext(tls.build())
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Fails if the server has lost a buffer; what gRPC's client loses when it is cut is its own affair. */
    static void assertServerLeaksNothing() {
        LeakRecorder.assertNothingLeaked(NioIoHandler.class.getName());
    }
}
