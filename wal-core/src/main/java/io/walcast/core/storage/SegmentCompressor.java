// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Makes compressed WAL files, one after the other, piece by piece. Each method that takes a {@code target} is called with
 * room for at least {@link #ROOM_BYTES} in it, and puts there what the file goes on with.
 *
 * <p>Threading: one thread at a time. The buffers are direct, and the caller's again when a method returns.
 */
public interface SegmentCompressor extends AutoCloseable {

    /** How much room there is in each target, at least. */
    int ROOM_BYTES = 160 * 1024;

    /** Begins a new file, whatever became of the one before. */
    void begin(ByteBuffer target);

    /**
     * Takes content from {@code source}, some of it at least. Not all that it gave need come out before {@link #flush} or
     * {@link #finish}.
     */
    void compress(ByteBuffer source, ByteBuffer target) throws IOException;

    /**
     * Brings out all content taken so far, so that the file can be decompressed up to there, and {@link
     * SegmentDecompressor#reliableBytes} of it counts it, though nothing may ever follow.
     *
     * @return false if there was not enough room: to be called again
     */
    boolean flush(ByteBuffer target) throws IOException;

    /**
     * Ends the file.
     *
     * @return false if there was not enough room: to be called again
     */
    boolean finish(ByteBuffer target) throws IOException;

    /**
     * Returns what is to be written over an earlier part of the file after a {@link #flush}, or null for nothing.
     *
     * @param flush counts the flushes of this file that became durable, this one included, from 1
     */
    default @Nullable Patch patch(int flush) {
        return null;
    }

    @Override
    void close();

    /**
     * Bytes that replace others.
     *
     * @param position where in the file, within its first 512 bytes
     * @param bytes the bytes
     */
    record Patch(long position, ByteBuffer bytes) {}
}
