// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.transport.WalChunk;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * A chunk of {@link SampleWal}, to be sent again and again.
 *
 * @param bytes a direct buffer
 */
record SampleChunk(ByteBuffer bytes) implements WalChunk {
    private static final PgTimestamp SENT_AT = new PgTimestamp(800_000_000_000_000L);

    /** Returns the first {@code length} bytes of a segment. */
    static SampleChunk of(int length) {
        return new SampleChunk(SampleWal.segment(200).slice(0, length));
    }

    @Override
    public Lsn start() {
        return SampleWal.START;
    }

    @Override
    public Lsn serverEnd() {
        return SampleWal.START.plus(length());
    }

    @Override
    public PgTimestamp sentAt() {
        return SENT_AT;
    }

    @Override
    public int length() {
        return bytes.capacity();
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
        return bytes.asReadOnlyBuffer();
    }

    @Override
    public void close() {
        // Lent for ever.
    }
}
