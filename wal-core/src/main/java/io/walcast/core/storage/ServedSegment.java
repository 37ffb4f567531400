// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** An open segment, for reading. Safe for use from any thread; {@link #close} when nobody reads any more. */
public interface ServedSegment extends Closeable {

    /** Returns the file for {@code sendfile}: its position is never used, nobody but {@link #close} closes it. */
    @Nullable
    FileChannel channel();

    /** Returns whether another file has taken the segment's name since: open it anew. Costs next to nothing. */
    default boolean needReload() {
        return false;
    }

    /** Returns whether it takes up disk space of its own, until it is closed: it was decompressed for this. */
    default boolean isTemporary() {
        return false;
    }

    /** Reads until {@code into} is full or the file ends; returns the number of bytes. */
    int read(ByteBuffer into, long offset) throws IOException;
}
