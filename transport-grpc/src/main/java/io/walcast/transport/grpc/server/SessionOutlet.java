// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.walcast.transport.WalChunk;
import io.walcast.transport.grpc.v1.SessionResponse;
import io.walcast.transport.grpc.wire.Compression;
import io.walcast.transport.grpc.wire.SentFrame;

/**
 * The server's direction of a session. What is given here waits in gRPC until the peer reads.
 *
 * <p>Confined to the call's turns.
 */
final class SessionOutlet {
    private final ServerCall<?, SentFrame> call;
    private final Compression compression;
    private boolean isShut;

    SessionOutlet(ServerCall<?, SentFrame> call, Compression compression) {
        this.call = call;
        this.compression = compression;
    }

    /** Says how WAL will be compressed; gRPC compresses none if the peer cannot read it. */
    void open() {
        call.setCompression(compression.method().encoding());
        call.sendHeaders(new Metadata());
        call.setMessageCompression(false);
    }

    /** Returns whether the peer has read enough for more to be sent. */
    boolean hasRoom() {
        return !isShut && call.isReady();
    }

    /** Sends a message, whether there is room or not. */
    void send(SessionResponse.Builder message) {
        if (!isShut) {
            call.sendMessage(new SentFrame.Message(message.build()));
        }
    }

    /**
     * Sends WAL, and closes the chunk when its bytes were taken, or will not be.
     *
     * @throws io.walcast.core.error.StorageException if they cannot be read; nothing of the message was sent
     */
    void send(WalChunk chunk) {
        boolean isReadable = false;
        try {
            if (!isShut && chunk.buffer().remaining() != chunk.length()) {
                throw new IllegalStateException(
                        "%d bytes in a chunk of %d".formatted(chunk.buffer().remaining(), chunk.length()));
            }
            isReadable = !isShut;
        } finally {
            if (!isReadable) {
                chunk.close();
            }
        }
        if (isReadable) {
            call.setMessageCompression(true);
            call.sendMessage(new SentFrame.Wal(chunk, compression.level()));
            call.setMessageCompression(false);
        }
    }

    /** Sends nothing any more. */
    void shut() {
        isShut = true;
    }
}
