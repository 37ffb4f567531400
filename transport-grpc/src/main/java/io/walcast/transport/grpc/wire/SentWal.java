// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.walcast.transport.WalChunk;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** A chunk as the message {@code SessionResponse{wal_data}}, without becoming an object of it. */
final class SentWal extends InputStream implements Drainable, KnownLength {
    private static final int COPY_BYTES = 16 << 10;

    /** Of whoever drains: each thread has one, the bytes go through it in pieces that stay in its cache. */
    private static final ThreadLocal<byte[]> COPY = ThreadLocal.withInitial(() -> new byte[COPY_BYTES]);

    private final WalChunk chunk;
    private final int level;
    private final ByteBuffer header;
    private final ByteBuffer data;
    private boolean isClosed;

    SentWal(WalChunk chunk, int level) {
        this.chunk = chunk;
        this.level = level;
        boolean isReady = false;
        try {
            this.header = WalDataHeader.encode(chunk);
            this.data = chunk.buffer();
            if (data.remaining() != chunk.length()) {
                throw new IllegalStateException(
                        "chunk: %d bytes (expected: %d)".formatted(data.remaining(), chunk.length()));
            }
            isReady = true;
        } finally {
            if (!isReady) {
                chunk.close();
            }
        }
    }

    @Override
    public int available() {
        return isClosed ? 0 : header.remaining() + data.remaining();
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        ByteBuffer from = header.hasRemaining() ? header : data;
        int count = Math.min(length, from.remaining());
        if (isClosed || (count == 0 && length > 0)) {
            close();
            return -1;
        }
        from.get(into, offset, count);
        return count;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
        int total = 0;
        try {
            if (target instanceof PackedMessage packed) {
                return pack(packed);
            }
            byte[] copy = COPY.get();
            for (int count; (count = read(copy, 0, copy.length)) > 0; ) {
                target.write(copy, 0, count);
                total += count;
            }
        } finally {
            close();
        }
        return total;
    }

    private int pack(PackedMessage packed) {
        int total = available();
        if (level != 0) {
            packed.level(level);
        }
        packed.write(header);
        packed.write(data);
        return total;
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            chunk.close();
        }
    }
}
