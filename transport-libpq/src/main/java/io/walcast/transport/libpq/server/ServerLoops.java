// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The few threads of a listener, {@code walcast-libpq-server-<n>}, whatever the number of its connections. */
final class ServerLoops implements AutoCloseable {
    private static final AtomicInteger NEXT_NUMBER = new AtomicInteger(1);
    private static final int MOST_THREADS = 8;
    private static final long JOIN_MS = 2_000;

    private final MultiThreadIoEventLoopGroup group;
    private final boolean epoll;

    ServerLoops(boolean epoll) {
        this.epoll = epoll;
        int threads = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
        IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.group = new MultiThreadIoEventLoopGroup(threads, ServerLoops::newThread, handlers);
    }

    static ServerLoops start() {
        return new ServerLoops(Epoll.isAvailable());
    }

    private static Thread newThread(Runnable work) {
        Thread made = new FastThreadLocalThread(work, "walcast-libpq-server-" + NEXT_NUMBER.getAndIncrement());
        made.setDaemon(true);
        return made;
    }

    MultiThreadIoEventLoopGroup group() {
        return group;
    }

    /** Returns whether channels must be epoll's own; NIO's otherwise. */
    boolean isEpoll() {
        return epoll;
    }

    /** Ends the threads and waits a bounded time for them. */
    @Override
    public void close() {
        group.shutdownGracefully(0, JOIN_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(JOIN_MS);
    }
}
