// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.EventExecutor;
import io.walcast.core.error.SqlState;
import io.walcast.transport.server.Admission;
import io.walcast.transport.server.WaitingLine;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Looks at each connection as it is accepted, before gRPC does. While too many are strangers the next one waits in a line,
 * for no longer than a handshake may take; where the line is too long it is closed at once. Nothing is made for it before
 * its turn, so that a flood costs little.
 *
 * <p>Threading: in the acceptor's pipeline, confined to its event loop; {@link #roomMade} and {@link #filter} from any
 * thread.
 */
final class Door extends ChannelInboundHandlerAdapter {
    /** So that several addresses with long lines leave room for others. */
    private static final int FULL_LINES = 4;

    private final ServerContext server;
    private final WaitingLine<SocketChannel> line;
    private final Map<SocketAddress, Connection> connections = new ConcurrentHashMap<>();
    private final AtomicBoolean isLookPending = new AtomicBoolean();
    private final long limitNs;
    private boolean isExpiryPending;
    private boolean isShut;

    /** Written by the acceptor's loop when it begins, read by any thread. */
    private volatile @Nullable ChannelHandlerContext door;

    /** Written by the acceptor's loop, read by any thread. */
    private volatile boolean somebodyWaits;

    Door(ServerContext server) {
        this.server = server;
        int most = server.options.limits().connections();
        this.line = new WaitingLine<>(most, Math.multiplyExact(FULL_LINES, most));
        this.limitNs = server.options.limits().handshakeTimeout().toNanos();
    }

    /** Returns what tells the calls of a connection which one it is. */
    ServerTransportFilter filter() {
        return new ServerTransportFilter() {
            @Override
            public Attributes transportReady(Attributes attributes) {
                SocketAddress peer = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
                Connection connection = peer == null ? null : connections.get(peer);
                return connection == null
                        ? attributes
                        : attributes.toBuilder().set(Connection.KEY, connection).build();
            }
        };
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        door = ctx;
        server.admission.onRoom(this::roomMade);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        SocketChannel accepted = (SocketChannel) message;
        @Nullable InetSocketAddress peer = accepted.remoteAddress();
        if (peer == null || isShut) {
            accepted.unsafe().closeForcibly(); // it has gone already, or we have
            return;
        }
        WaitingLine.Waiting<SocketChannel> waiting = new WaitingLine.Waiting<>(accepted, System.nanoTime());
        InetAddress address = peer.getAddress();
        Admission.Ticket ticket = server.admission.enter(address);
        if (ticket != null) {
            letIn(ctx, new WaitingLine.Admitted<>(waiting, ticket));
        } else if (line.add(address, waiting)) {
            somebodyWaits = true;
            expireLater(ctx.executor());
            admitWaiting(); // room may have been made before anybody was seen waiting
        } else {
            accepted.unsafe().closeForcibly();
            server.log.tooMany(peer);
        }
    }

    private void letIn(ChannelHandlerContext ctx, WaitingLine.Admitted<SocketChannel> admitted) {
        SocketChannel channel = admitted.waiting().channel();
        @Nullable InetSocketAddress peer = channel.remoteAddress();
        if (peer == null) {
            admitted.ticket().leave();
            channel.unsafe().closeForcibly(); // it has gone while it waited
            return;
        }
        Connection connection = new Connection(channel, peer.getAddress(), admitted.ticket(), server.watchers);
        connections.put(peer, connection);
        long leftNs = limitNs - (System.nanoTime() - admitted.waiting().acceptedNs());
        java.util.concurrent.Future<?> deadline =
                ctx.executor().schedule(connection::late, leftNs, TimeUnit.NANOSECONDS);
        channel.closeFuture().addListener(closed -> {
            deadline.cancel(false);
            connections.remove(peer, connection);
            connection.gone();
            tellOfHandshake(channel, peer);
            String failure = HandshakeFailure.of(channel);
            if (failure != null) {
                server.log.closed(peer, SqlState.PROTOCOL_VIOLATION, failure);
            }
        });
        ctx.fireChannelRead(channel);
    }

    /** Why a handshake has failed is told to nobody but the log. */
    private void tellOfHandshake(SocketChannel channel, InetSocketAddress peer) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        Throwable cause = tls == null ? null : tls.handshakeFuture().cause();
        if (cause != null) {
            server.log.closed(
                    peer, SqlState.PROTOCOL_VIOLATION, "could not accept SSL connection: " + cause.getMessage());
        }
    }

    /** Has the line looked at: a stranger is one no more. */
    private void roomMade() {
        ChannelHandlerContext ctx = door;
        if (somebodyWaits && ctx != null && isLookPending.compareAndSet(false, true)) {
            try {
                ctx.executor().execute(this::admitWaiting);
            } catch (RejectedExecutionException e) {
                isLookPending.set(false); // the listener is closed, and the line with it
            }
        }
    }

    private void admitWaiting() {
        isLookPending.set(false);
        ChannelHandlerContext ctx = door;
        if (ctx != null) {
            line.admit(server.admission::enter).forEach(admitted -> letIn(ctx, admitted));
        }
        somebodyWaits = !line.isEmpty();
    }

    private void expireLater(EventExecutor loop) {
        if (!isExpiryPending) {
            isExpiryPending = true;
            loop.schedule(() -> expire(loop), limitNs, TimeUnit.NANOSECONDS);
        }
    }

    private void expire(EventExecutor loop) {
        isExpiryPending = false;
        line.removeOlder(System.nanoTime() - limitNs).forEach(Door::close);
        somebodyWaits = !line.isEmpty();
        if (somebodyWaits) {
            expireLater(loop);
        }
    }

    private static void close(WaitingLine.Waiting<SocketChannel> waiting) {
        waiting.channel().unsafe().closeForcibly();
    }

    /** Sends everybody away who waits, and whoever may still come. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        isShut = true;
        line.removeAll().forEach(Door::close);
        somebodyWaits = false;
        ctx.fireChannelInactive();
    }
}
