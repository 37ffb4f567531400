// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.service;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.transport.WalChunk;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A chunk of a scripted stream. Its buffer is spoiled when it is closed, so that who reads it later is found out, and who
 * asks for it later gets none.
 *
 * <p>Safe for use from any thread.
 */
public final class ScriptedChunk implements WalChunk {
    private static final byte NOT_LEASED = (byte) 0xDD;
    private static final ByteBuffer GONE = ByteBuffer.allocateDirect(0);

    private final Lsn start;
    private final Lsn serverEnd;
    private final PgTimestamp sentAt;
    private final int length;
    private final @Nullable FileChannel file;
    private final long fileOffset;
    private final AtomicInteger closes = new AtomicInteger();
    // Let go when it is closed: tests keep their chunks. Written by whoever closes, read by the transport.
    private volatile ByteBuffer bytes;

    ScriptedChunk(
            Lsn start,
            Lsn serverEnd,
            PgTimestamp sentAt,
            ByteBuffer content,
            @Nullable FileChannel file,
            long fileOffset) {
        this.start = start;
        this.serverEnd = serverEnd;
        this.sentAt = sentAt;
        this.length = content.remaining();
        this.bytes = ByteBuffer.allocateDirect(content.remaining()).put(content).flip();
        this.file = file;
        this.fileOffset = fileOffset;
    }

    @Override
    public Lsn start() {
        return start;
    }

    @Override
    public Lsn serverEnd() {
        return serverEnd;
    }

    @Override
    public PgTimestamp sentAt() {
        return sentAt;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public @Nullable FileChannel file() {
        return file;
    }

    @Override
    public long fileOffset() {
        return fileOffset;
    }

    @Override
    public ByteBuffer buffer() {
        return bytes.asReadOnlyBuffer();
    }

    @Override
    public void close() {
        closes.incrementAndGet();
        ByteBuffer leased = bytes;
        bytes = GONE;
        byte[] spoiled = new byte[leased.limit()];
        Arrays.fill(spoiled, NOT_LEASED);
        leased.put(0, spoiled);
    }

    /** Returns how often it was closed. */
    public int closes() {
        return closes.get();
    }
}
