// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.error.StorageException;
import io.walcast.transport.WalChunk;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** A chunk that counts how often it was closed. */
final class FakeChunk implements WalChunk {
    static final Lsn START = Lsn.parse("16/B374D848");
    static final PgTimestamp SENT_AT = new PgTimestamp(-7);

    private final ByteBuffer data;
    private final int length;
    private final @Nullable StorageException failure;
    private int closed;

    FakeChunk(byte[] data) {
        this(data, data.length, null);
    }

    FakeChunk(byte[] data, int length, @Nullable StorageException failure) {
        this.data = ByteBuffer.allocateDirect(data.length).put(data).flip();
        this.length = length;
        this.failure = failure;
    }

    int closed() {
        return closed;
    }

    @Override
    public Lsn start() {
        return START;
    }

    @Override
    public Lsn serverEnd() {
        return START.plus(length);
    }

    @Override
    public PgTimestamp sentAt() {
        return SENT_AT;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public @Nullable FileChannel file() {
        return null;
    }

    @Override
    public long fileOffset() {
        return 0;
    }

    @Override
    public ByteBuffer buffer() {
        if (failure != null) {
            throw failure;
        }
        return data.asReadOnlyBuffer();
    }

    @Override
    public void close() {
        closed++;
    }
}
