// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import io.grpc.HasByteBuffer;
import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** WAL in the buffers that it came in. */
final class LentWal implements ReceivedFrame.Wal {
    private final WalDataHeader header;
    private final InputStream data;
    private final AtomicBoolean isReleased = new AtomicBoolean();
    private int lent;

    /**
     * Makes one.
     *
     * @param data what comes after {@code header}; a {@link HasByteBuffer}
     */
    LentWal(WalDataHeader header, InputStream data) {
        this.header = header;
        this.data = data;
    }

    @Override
    public Lsn start() {
        return header.start();
    }

    @Override
    public Lsn serverEnd() {
        return header.serverEnd();
    }

    @Override
    public PgTimestamp sentAt() {
        return header.sentAt();
    }

    @Override
    public int length() {
        return header.dataBytes();
    }

    @Override
    public @Nullable ByteBuffer nextPiece() {
        if (isReleased.get()) {
            throw new IllegalStateException("the frame is released");
        }
        try {
            data.skipNBytes(lent);
            lent = 0;
            if (data.available() == 0) {
                return null;
            }
            ByteBuffer piece = ((HasByteBuffer) data).getByteBuffer();
            if (piece == null || !piece.hasRemaining()) {
                // An empty buffer among the others: what comes next is not to be had without a copy.
                return ByteBuffer.wrap(data.readNBytes(1)).asReadOnlyBuffer();
            }
            lent = piece.remaining();
            return piece.asReadOnlyBuffer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void release() {
        if (isReleased.compareAndSet(false, true)) {
            try {
                data.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
