// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Looks at each connection as it is accepted. One too many is closed at once, before anything is made for it, so that a
 * flood costs little and is soon over. In the acceptor's pipeline; confined to its event loop.
 */
final class Doorkeeper extends ChannelInboundHandlerAdapter {
    /** How an accepted connection is counted. */
    static final AttributeKey<Admission.Ticket> TICKET = AttributeKey.valueOf(Doorkeeper.class, "ticket");

    private final ServerContext server;

    Doorkeeper(ServerContext server) {
        this.server = server;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        SocketChannel accepted = (SocketChannel) message;
        @Nullable InetSocketAddress peer = accepted.remoteAddress();
        Admission.Ticket ticket = peer == null ? null : server.admission.enter(peer.getAddress());
        if (ticket == null) {
            accepted.unsafe().closeForcibly();
            if (peer != null) {
                server.log.closedQuietly(peer, "too many connections in their handshake");
            }
            return;
        }
        accepted.attr(TICKET).set(ticket);
        accepted.closeFuture().addListener(closed -> ticket.leave());
        ctx.fireChannelRead(accepted);
    }
}
