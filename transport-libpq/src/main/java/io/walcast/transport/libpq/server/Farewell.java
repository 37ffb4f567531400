// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;

/**
 * The end of a connection after a last word. A socket that is closed with input unread is reset, and the peer may lose
 * what it had not read; so the sending side is shut first, and what still comes is thrown away for a moment.
 *
 * <p>Confined to the event loop.
 */
final class Farewell {
    private static final long WRITE_MS = 5_000;
    private static final long LINGER_MS = 500;

    private final SocketChannel channel;
    private boolean said;

    Farewell(SocketChannel channel) {
        this.channel = channel;
    }

    boolean isSaid() {
        return said;
    }

    void say(ByteBuf lastWord) {
        said = true;
        closeIn(WRITE_MS);
        channel.writeAndFlush(lastWord).addListener(written -> {
            if (written.isSuccess()) {
                shutOutput();
            } else {
                channel.close();
            }
        });
    }

    private void shutOutput() {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        ChannelFuture closed = tls == null ? channel.newSucceededFuture() : tls.closeOutbound();
        closed.addListener(done -> {
            channel.shutdownOutput();
            closeIn(LINGER_MS);
        });
    }

    private void closeIn(long ms) {
        channel.eventLoop().schedule(() -> channel.close(), ms, TimeUnit.MILLISECONDS);
    }
}
