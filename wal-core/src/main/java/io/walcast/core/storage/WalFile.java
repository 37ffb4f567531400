// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * An open file. Positions are in the file; there is no current one.
 *
 * <p>Threading: {@link #force} may run while another thread writes; what was written before it began is covered.
 */
public interface WalFile extends Closeable {

    /**
     * Writes all that remains in {@code source} at {@code position}. When it throws, the buffer's position tells how much
     * was written.
     *
     * @throws DiskFullException if there is no room for the rest
     */
    void write(ByteBuffer source, long position) throws IOException;

    /**
     * Reads up to {@code target.remaining()} bytes at {@code position}.
     *
     * @return the number of bytes read, or -1 at the end of the file
     */
    int read(ByteBuffer target, long position) throws IOException;

    /**
     * Reads until {@code target} is full or the file ends.
     *
     * @return the number of bytes read
     */
    default int readFully(ByteBuffer target, long position) throws IOException {
        int before = target.position();
        int read = 0;
        while (target.hasRemaining() && read >= 0) {
            read = read(target, position + target.position() - before);
        }
        return target.position() - before;
    }

    /** Makes the bytes written, and the size, durable. The name is another matter: {@link WalFileSystem#syncDirectory}. */
    void force() throws IOException;

    /** Cuts the file down to {@code size} bytes. */
    void truncate(long size) throws IOException;

    /** Returns the size in bytes. */
    long size() throws IOException;

    /** Returns the channel for {@code sendfile}, whose position nobody uses; null if there is none. Not to be closed. */
    default @Nullable FileChannel channel() {
        return null;
    }
}
