// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.walcast.core.error.ConnectionException;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.Listener;
import io.walcast.transport.ReplicationService;
import java.net.InetSocketAddress;

/** A bound port and the connections accepted on it. Safe for use from any thread. */
final class LibpqListener implements Listener {
    private static final int BACKLOG = 1_024;
    private static final int READ_BYTES = 4 << 10;
    private static final int KEEPALIVE_IDLE_S = 30;
    private static final int KEEPALIVE_INTERVAL_S = 10;
    private static final int KEEPALIVE_COUNT = 3;

    private final ServerContext context;
    private final ServerLoops loops;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final Doorkeeper doorkeeper;
    private final Channel acceptor;

    private LibpqListener(ServerContext context, ServerLoops loops) {
        this.context = context;
        this.loops = loops;
        this.doorkeeper = new Doorkeeper(context);
        this.acceptor = bind();
    }

    static LibpqListener listen(ListenOptions options, ReplicationService service) {
        ServerContext context = new ServerContext(options, service, ServerTls.ofNullable(options.tls()));
        ServerLoops loops = ServerLoops.start();
        try {
            return new LibpqListener(context, loops);
        } catch (ConnectionException e) {
            loops.close();
            throw e;
        }
    }

    private Channel bind() {
        InetSocketAddress address = context.options.address();
        int high = context.options.limits().sendBufferBytes();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.isEpoll() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(READ_BYTES).maxMessagesPerRead(1))
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(high / 2, high))
                .childOption(ChannelOption.MESSAGE_SIZE_ESTIMATOR, ChunkSizeEstimator.INSTANCE)
                .handler(doorkeeper)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        connections.add(channel);
                        channel.pipeline().addLast(new FrontendConnection(context, channel));
                    }
                });
        if (loops.isEpoll()) {
            bootstrap
                    .childOption(EpollChannelOption.TCP_KEEPIDLE, KEEPALIVE_IDLE_S)
                    .childOption(EpollChannelOption.TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S)
                    .childOption(EpollChannelOption.TCP_KEEPCNT, KEEPALIVE_COUNT);
        }
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        Throwable cause = bound.cause();
        if (cause != null) {
            throw new ConnectionException("could not bind %s: %s".formatted(address, cause.getMessage()), cause);
        }
        return bound.channel();
    }

    @Override
    public InetSocketAddress address() {
        return (InetSocketAddress) acceptor.localAddress();
    }

    @Override
    public void reload(ListenOptions options) {
        LibpqSenderTransport.requireNoParameters(options);
        context.tls.set(ServerTls.ofNullable(options.tls()));
    }

    @Override
    public void stopAccepting() {
        if (acceptor.isOpen()) {
            acceptor.eventLoop().submit(doorkeeper::shut).awaitUninterruptibly();
            acceptor.close().awaitUninterruptibly();
        }
    }

    @Override
    public void close() {
        stopAccepting();
        for (Channel channel : connections) {
            FrontendConnection connection = channel.pipeline().get(FrontendConnection.class);
            if (connection == null) {
                channel.close();
            } else {
                connection.run(() -> connection.close(CloseReason.LISTENER_CLOSED));
            }
        }
        loops.close();
    }
}
