// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** The event loop's side of a {@link Wire}: hands on what comes, keeps nothing. Confined to the event loop. */
final class WireHandler extends ChannelInboundHandlerAdapter {
    private final Wire wire;

    WireHandler(Wire wire) {
        this.wire = wire;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        wire.onRead((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        wire.onReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            wire.onWritable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        wire.onEnd();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        wire.onFailure(cause);
    }
}
