// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.EventExecutor;
import io.walcast.transport.server.Admission;
import io.walcast.transport.server.WaitingLine;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Looks at each connection as it is accepted. While too many are in their handshake the next one waits in a line, for no
 * longer than the handshake may take; where the line is too long it is closed at once. Nothing is made for it before its
 * turn, so that a flood costs little.
 *
 * <p>Threading: in the acceptor's pipeline, confined to its event loop; {@link #roomMade} from any thread.
 */
final class Doorkeeper extends ChannelInboundHandlerAdapter {
    /** How an accepted connection is counted. */
    static final AttributeKey<Admission.Ticket> TICKET = AttributeKey.valueOf(Doorkeeper.class, "ticket");

    /** When it was accepted, by {@link System#nanoTime}. */
    static final AttributeKey<Long> ACCEPTED_NS = AttributeKey.valueOf(Doorkeeper.class, "accepted");

    /** So that several addresses with long lines leave room for others. */
    private static final int FULL_LINES = 4;

    private final ServerContext server;
    private final WaitingLine<SocketChannel> line;
    private final AtomicBoolean isLookPending = new AtomicBoolean();
    private final long limitNs;
    private boolean isExpiryPending;
    private boolean isShut;

    /** Written by the acceptor's loop when it begins, read by any thread. */
    private volatile @Nullable ChannelHandlerContext door;

    /** Written by the acceptor's loop, read by any thread. */
    private volatile boolean somebodyWaits;

    Doorkeeper(ServerContext server) {
        this.server = server;
        int connections = server.options.limits().connections();
        line = new WaitingLine<>(connections, Math.multiplyExact(FULL_LINES, connections));
        limitNs = server.options.limits().handshakeTimeout().toNanos();
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

    private static void letIn(ChannelHandlerContext ctx, WaitingLine.Admitted<SocketChannel> admitted) {
        SocketChannel channel = admitted.waiting().channel();
        Admission.Ticket ticket = admitted.ticket();
        channel.attr(TICKET).set(ticket);
        channel.attr(ACCEPTED_NS).set(admitted.waiting().acceptedNs());
        channel.closeFuture().addListener(closed -> ticket.leave());
        ctx.fireChannelRead(channel);
    }

    /** Has the line looked at: somebody has logged in or gone. */
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
        line.removeOlder(System.nanoTime() - limitNs).forEach(Doorkeeper::close);
        somebodyWaits = !line.isEmpty();
        if (somebodyWaits) {
            expireLater(loop);
        }
    }

    private static void close(WaitingLine.Waiting<SocketChannel> waiting) {
        waiting.channel().unsafe().closeForcibly();
    }

    /** Sends everybody away who waits, and whoever may still come. On the acceptor's event loop. */
    void shut() {
        isShut = true;
        line.removeAll().forEach(Doorkeeper::close);
        somebodyWaits = false;
    }
}
