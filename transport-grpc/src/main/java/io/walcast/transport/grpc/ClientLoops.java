// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that all connections share: event loops {@code walcast-grpc-…}, and {@code walcast-grpc-unpack-…} for WAL
 * that comes compressed. Daemons, made when first needed, and there to stay. Safe for use from any thread.
 */
final class ClientLoops {
    private static final int LOOPS =
            Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));
    private static final int UNPACKERS = Math.max(1, Runtime.getRuntime().availableProcessors());
    private static final int IDLE_SECONDS = 10;

    private final boolean epoll;
    private final MultiThreadIoEventLoopGroup group;
    private final ThreadPoolExecutor unpackers;

    private ClientLoops(boolean epoll) {
        this.epoll = epoll;
        this.group = new MultiThreadIoEventLoopGroup(
                LOOPS,
                new DefaultThreadFactory("walcast-grpc", true),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        this.unpackers = new ThreadPoolExecutor(
                UNPACKERS,
                UNPACKERS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory("walcast-grpc-unpack", true));
        unpackers.allowCoreThreadTimeOut(true);
    }

    private static final class Shared {
        private static final ClientLoops LOOPS = new ClientLoops(Epoll.isAvailable());
    }

    /** Returns the ones that all share. */
    static ClientLoops shared() {
        return Shared.LOOPS;
    }

    /** Has the connections of {@code builder} run here. */
    void giveTo(NettyChannelBuilder builder) {
        builder.eventLoopGroup(group).channelType(epoll ? EpollSocketChannel.class : NioSocketChannel.class);
    }

    /** Returns where messages are unpacked. */
    Executor unpackers() {
        return unpackers;
    }
}
