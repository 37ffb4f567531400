// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The few threads of a listener, whatever the number of its connections: {@code walcast-grpc-server-<n>} are event loops,
 * {@code walcast-grpc-session-<n>} run sessions, {@code walcast-grpc-login-<n>} check passwords. Safe for use from any
 * thread.
 */
final class ServerThreads implements AutoCloseable {
    private static final AtomicInteger NEXT_NUMBER = new AtomicInteger(1);
    private static final int MOST_THREADS = 8;
    private static final int LEAST_SESSION_THREADS = 2;
    private static final long JOIN_MS = 2_000;

    private final boolean isEpoll = Epoll.isAvailable();
    private final MultiThreadIoEventLoopGroup acceptor;
    private final MultiThreadIoEventLoopGroup loops;
    private final ExecutorService sessions;
    private final ExecutorService logins;

    ServerThreads() {
        int processors = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
        IoHandlerFactory handlers = isEpoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.acceptor = new MultiThreadIoEventLoopGroup(1, named("server"), handlers);
        this.loops = new MultiThreadIoEventLoopGroup(processors, named("server"), handlers);
        this.sessions = Executors.newFixedThreadPool(Math.max(LEAST_SESSION_THREADS, processors), named("session"));
        this.logins = Executors.newFixedThreadPool(Math.max(1, processors / 2), named("login"));
    }

    private static ThreadFactory named(String role) {
        return work -> {
            Thread made = new FastThreadLocalThread(work, "walcast-grpc-" + role + "-" + NEXT_NUMBER.getAndIncrement());
            made.setDaemon(true);
            return made;
        };
    }

    MultiThreadIoEventLoopGroup acceptor() {
        return acceptor;
    }

    MultiThreadIoEventLoopGroup loops() {
        return loops;
    }

    Executor sessions() {
        return sessions;
    }

    Executor logins() {
        return logins;
    }

    /** Returns a channel to accept connections with, on these threads. */
    ServerChannel newAcceptingChannel() {
        return isEpoll ? new EpollServerSocketChannel() : new NioServerSocketChannel();
    }

    /** Has {@code task}, which is short, run on an event loop after a time; returns null if they have ended. */
    @CanIgnoreReturnValue
    @Nullable
    Future<?> schedule(Runnable task, long delayNs) {
        try {
            return loops.schedule(task, delayNs, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // The listener is closed, and every session was told.
            return null;
        }
    }

    /** Ends the threads and waits a bounded time for them. */
    @Override
    public void close() {
        sessions.shutdown();
        logins.shutdown();
        acceptor.shutdownGracefully(0, JOIN_MS, TimeUnit.MILLISECONDS);
        loops.shutdownGracefully(0, JOIN_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(JOIN_MS);
        try {
            sessions.awaitTermination(JOIN_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
