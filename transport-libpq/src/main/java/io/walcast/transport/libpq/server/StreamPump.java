// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessageCodec;
import io.walcast.transport.CloseReason;
import io.walcast.transport.Outbound;
import io.walcast.transport.WalChunk;
import io.walcast.transport.WalStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Pulls from a stream while the peer can take more, and frames what it gets. On a plain connection the kernel sends WAL from
 * its file; under TLS it comes from the chunk's buffer, without a copy of ours.
 *
 * <p>A chunk is given back when it has been written or never will be: each write ends in one of the two. Confined to the
 * event loop.
 */
final class StreamPump implements Outbound.Handler {
    private static final int MOST_PAYLOAD_BYTES = 128 << 10;
    private static final int OUTBOUNDS_PER_TURN = 16;
    private static final int FRAME_HEADER_BYTES = 5;
    private static final int WAL_HEADER_BYTES = FRAME_HEADER_BYTES + ServerMessageCodec.XLOG_DATA_HEADER_BYTES;
    private static final int KEEPALIVE_BYTES = FRAME_HEADER_BYTES + ServerMessageCodec.KEEPALIVE_BYTES;

    private final FrontendConnection connection;
    private final SocketChannel channel;
    private final WalStream stream;
    private final boolean fromFiles;
    private final Runnable again = this::runAgain;
    private boolean open = true;
    private boolean done;
    private boolean againPending;

    StreamPump(FrontendConnection connection, WalStream stream) {
        this.connection = connection;
        this.channel = connection.channel();
        this.stream = stream;
        this.fromFiles = channel.pipeline().get(SslHandler.class) == null;
    }

    /** Returns whether CopyDone was sent. */
    boolean isDone() {
        return done;
    }

    /** Asks the stream for nothing more. */
    void stop() {
        open = false;
    }

    void pump() {
        int sent = 0;
        while (open && !connection.isOver() && channel.isWritable()) {
            if (sent == OUTBOUNDS_PER_TURN) {
                goOnLater();
                break;
            }
            Outbound next = stream.next(MOST_PAYLOAD_BYTES);
            if (next == null) {
                break;
            }
            sent++;
            next.dispatchTo(this);
        }
        if (sent > 0) {
            channel.flush();
        }
    }

    /** Others have their turn in between. */
    private void goOnLater() {
        if (!againPending) {
            againPending = true;
            connection.run(again);
        }
    }

    private void runAgain() {
        againPending = false;
        pump();
    }

    @Override
    public void onCopyDone(Outbound.CopyDone copyDone) {
        open = false;
        done = true;
        channel.write(BackendMessages.copyDone());
    }

    @Override
    public void onShutdown(Outbound.Shutdown shutdown) {
        open = false;
        connection.leave(BackendMessages.commandComplete("COPY 0"), CloseReason.ENDED_BY_SERVER);
    }

    /** The bytes may have to be read now, which can fail; then nothing of the message has been sent. */
    @Override
    public void onWalChunk(WalChunk chunk) {
        ByteBuf header = null;
        Object payload;
        try {
            payload = payload(chunk);
            header = channel.alloc().directBuffer(WAL_HEADER_BYTES);
        } finally {
            if (header == null) {
                chunk.close();
            }
        }
        ByteBuffer fields = header.internalNioBuffer(0, WAL_HEADER_BYTES);
        fields.put((byte) 'd').putInt(WAL_HEADER_BYTES - 1 + chunk.length());
        ServerMessageCodec.encodeXLogDataHeader(chunk.start(), chunk.serverEnd(), chunk.sentAt(), fields);
        channel.write(header.writerIndex(WAL_HEADER_BYTES));
        channel.write(payload).addListener(written -> chunk.close());
    }

    private Object payload(WalChunk chunk) {
        FileChannel file = fromFiles ? chunk.file() : null;
        return file != null && ChunkRegion.canSend(file)
                ? new ChunkRegion(file, chunk.fileOffset(), chunk.length())
                : Unpooled.wrappedBuffer(chunk.buffer());
    }

    @Override
    public void onKeepalive(Outbound.Keepalive keepalive) {
        ByteBuf message = channel.alloc().directBuffer(KEEPALIVE_BYTES);
        ByteBuffer fields = message.internalNioBuffer(0, KEEPALIVE_BYTES);
        fields.put((byte) 'd').putInt(KEEPALIVE_BYTES - 1);
        ServerMessageCodec.encode(
                new ServerMessage.Keepalive(keepalive.walEnd(), keepalive.sentAt(), keepalive.replyRequested()),
                fields);
        channel.write(message.writerIndex(KEEPALIVE_BYTES));
    }
}
