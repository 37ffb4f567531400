// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import io.netty.buffer.ByteBuf;
import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** WAL in a buffer of its own. */
final class CopiedWal implements ReceivedFrame.Wal {
    private final WalDataHeader header;
    private final ByteBuf message;
    private final AtomicBoolean isReleased = new AtomicBoolean();
    private boolean isTaken;

    /**
     * Makes one.
     *
     * @param message all of it, {@code header} included; released with the frame
     */
    CopiedWal(WalDataHeader header, ByteBuf message) {
        this.header = header;
        this.message = message;
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
        if (isTaken || length() == 0) {
            return null;
        }
        isTaken = true;
        return message.nioBuffer(header.bytes(), length()).asReadOnlyBuffer();
    }

    @Override
    public void release() {
        if (isReleased.compareAndSet(false, true)) {
            message.release();
        }
    }
}
