// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.Retry;
import io.walcast.core.error.SqlState;
import io.walcast.ipc.Cancellation;
import io.walcast.ipc.Latch;
import io.walcast.transport.client.Deadline;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.atomic.AtomicReference;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/** Opens the socket to one address. Used by the owner. */
final class WireOpener {
    private final LoopThread loop;
    private final SocketSettings settings;
    private final Latch ownerLatch;
    private final Cancellation cancellation;
    private final int windowBytes;

    WireOpener(LoopThread loop, SocketSettings settings, Latch ownerLatch, Cancellation cancellation, int windowBytes) {
        this.loop = loop;
        this.settings = settings;
        this.ownerLatch = ownerLatch;
        this.cancellation = cancellation;
        this.windowBytes = windowBytes;
    }

    /**
     * Connects; nothing is read until the wire is told so.
     *
     * @throws ConnectionException with the system's reason as its text
     */
    Wire open(HostAddress address, Deadline deadline) {
        AtomicReference<@Nullable Wire> wire = new AtomicReference<>();
        Bootstrap bootstrap = bootstrap(address).handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                Wire made = new Wire(channel, ownerLatch, cancellation, windowBytes);
                wire.set(made);
                channel.pipeline().addLast(new WireHandler(made));
            }
        });
        ChannelFuture connecting = bootstrap.connect(socketAddress(address));
        awaitConnected(connecting, deadline);
        Wire connected = wire.get();
        if (connected != null && connecting.isSuccess()) {
            return connected;
        }
        Throwable cause = connecting.cause();
        connecting.channel().close();
        String reason = cause == null ? "timeout expired" : NetworkErrors.text(cause) + address.hint();
        throw new ConnectionException(SqlState.CANNOT_CONNECT, Retry.BACKOFF, reason, cause);
    }

    private void awaitConnected(ChannelFuture connecting, Deadline deadline) {
        Latch done = new Latch();
        connecting.addListener(finished -> done.set());
        Cancellation.Registration registration = cancellation.onRequest(done::set);
        done.await(deadline.leftNs());
        registration.close();
        if (cancellation.isRequested()) {
            connecting.channel().close();
            cancellation.check("connect");
        }
    }

    private Bootstrap bootstrap(HostAddress address) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop.group())
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(Wire.readBufferBytes(windowBytes)))
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0);
        if (address.ip() == null) {
            return bootstrap.channel(loop.isEpoll() ? EpollDomainSocketChannel.class : NioDomainSocketChannel.class);
        }
        bootstrap
                .channel(loop.isEpoll() ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, settings.keepAlive());
        return loop.isEpoll() ? epollOptions(bootstrap) : nioOptions(bootstrap);
    }

    private Bootstrap epollOptions(Bootstrap bootstrap) {
        set(bootstrap, EpollChannelOption.TCP_KEEPIDLE, settings.idleSeconds());
        set(bootstrap, EpollChannelOption.TCP_KEEPINTVL, settings.intervalSeconds());
        set(bootstrap, EpollChannelOption.TCP_KEEPCNT, settings.count());
        set(bootstrap, EpollChannelOption.TCP_USER_TIMEOUT, settings.userTimeoutMs());
        return bootstrap;
    }

    /** The JDK has no option for the user timeout. */
    private Bootstrap nioOptions(Bootstrap bootstrap) {
        set(bootstrap, NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), settings.idleSeconds());
        set(bootstrap, NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), settings.intervalSeconds());
        set(bootstrap, NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), settings.count());
        return bootstrap;
    }

    private static void set(Bootstrap bootstrap, ChannelOption<Integer> option, int value) {
        if (value > 0) {
            bootstrap.option(option, value);
        }
    }

    private SocketAddress socketAddress(HostAddress address) {
        InetAddress ip = address.ip();
        if (ip != null) {
            return new InetSocketAddress(ip, address.entry().port());
        }
        String path = address.entry().socketPath();
        if (!loop.isEpoll() && path.startsWith("@")) {
            throw new ConfigurationException(
                    "socket \"%s\": the abstract namespace needs Linux, and no requirepeer".formatted(path));
        }
        if (!loop.isEpoll()) {
            return UnixDomainSocketAddress.of(path);
        }
        return new DomainSocketAddress(path.startsWith("@") ? '\0' + path.substring(1) : path);
    }
}
