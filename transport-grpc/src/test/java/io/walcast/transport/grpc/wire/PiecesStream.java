// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import io.grpc.Detachable;
import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A received message in direct buffers of random sizes, some of them empty, as gRPC's streams over Netty are. */
final class PiecesStream extends InputStream implements KnownLength, HasByteBuffer, Detachable {
    private List<ByteBuffer> pieces;
    private int piece;
    private int markedPiece;
    private int markedPosition;
    private int closed;
    private @Nullable PiecesStream detached;

    PiecesStream(byte[] bytes, Random random) {
        pieces = new ArrayList<>();
        for (int at = 0; at < bytes.length; ) {
            int length = Math.min(bytes.length - at, random.nextBoolean() ? random.nextInt(5) : random.nextInt(30_000));
            pieces.add(ByteBuffer.allocateDirect(length).put(bytes, at, length).flip());
            at += length;
        }
    }

    private PiecesStream(PiecesStream other) {
        pieces = other.pieces;
        piece = other.piece;
    }

    int closed() {
        return closed;
    }

    @Nullable
    PiecesStream detached() {
        return detached;
    }

    List<ByteBuffer> pieces() {
        return pieces;
    }

    @Override
    public int available() {
        return pieces.stream().skip(piece).mapToInt(ByteBuffer::remaining).sum();
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        int total = 0;
        while (total < length && piece < pieces.size()) {
            ByteBuffer from = pieces.get(piece);
            int count = Math.min(length - total, from.remaining());
            from.get(into, offset + total, count);
            total += count;
            piece += from.hasRemaining() ? 0 : 1;
        }
        return total == 0 && length > 0 ? -1 : total;
    }

    @Override
    public boolean markSupported() {
        return true;
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // one thread
    public void mark(int limit) {
        markedPiece = piece;
        markedPosition = piece < pieces.size() ? pieces.get(piece).position() : 0;
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // one thread
    public void reset() {
        for (int i = markedPiece; i <= Math.min(piece, pieces.size() - 1); i++) {
            pieces.get(i).position(i == markedPiece ? markedPosition : 0);
        }
        piece = markedPiece;
    }

    @Override
    public boolean byteBufferSupported() {
        return true;
    }

    @Override
    public @Nullable ByteBuffer getByteBuffer() {
        return piece < pieces.size() ? pieces.get(piece).slice() : null;
    }

    @Override
    public InputStream detach() {
        PiecesStream owner = new PiecesStream(this);
        detached = owner;
        pieces = List.of();
        piece = 0;
        return owner;
    }

    @Override
    public void close() {
        closed++;
    }
}
