// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** The one event loop of a connection, and its thread {@code walcast-libpq-<n>}. Safe for use from any thread. */
final class LoopThread implements AutoCloseable {
    private static final AtomicInteger NEXT_NUMBER = new AtomicInteger(1);
    private static final long JOIN_MS = 2_000;

    private final AtomicReference<Thread> thread = new AtomicReference<>();
    private final MultiThreadIoEventLoopGroup group;
    private final boolean epoll;

    /** Makes a loop of epoll, or else of NIO. */
    LoopThread(boolean epoll) {
        this.epoll = epoll;
        IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.group = new MultiThreadIoEventLoopGroup(1, this::newThread, handlers);
    }

    private Thread newThread(Runnable work) {
        Thread made = new FastThreadLocalThread(work, "walcast-libpq-" + NEXT_NUMBER.getAndIncrement());
        made.setDaemon(true);
        thread.set(made);
        return made;
    }

    MultiThreadIoEventLoopGroup group() {
        return group;
    }

    /** Returns whether channels must be epoll's own; NIO's otherwise. */
    boolean isEpoll() {
        return epoll;
    }

    /** Ends the loop and waits a bounded time for its thread, unless this is it. */
    @Override
    public void close() {
        group.shutdownGracefully(0, JOIN_MS, TimeUnit.MILLISECONDS);
        Thread loop = thread.get();
        if (loop == null || loop == Thread.currentThread()) {
            return;
        }
        try {
            loop.join(JOIN_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
