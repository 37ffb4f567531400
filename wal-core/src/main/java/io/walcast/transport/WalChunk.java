// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * A run of WAL to send, at most 128 KB, within one segment. Leased: the bytes stay until {@link #close}, which the transport
 * calls when they have been written, or will not be.
 *
 * <p>Threading: {@link #close} from any thread, the rest as {@link WalStream}.
 */
public non-sealed interface WalChunk extends Outbound, AutoCloseable {

    @Override
    default void dispatchTo(Handler handler) {
        handler.onWalChunk(this);
    }

    /** Returns the position of the first byte. */
    Lsn start();

    /** Returns up to where the server could send, for the message's header. */
    Lsn serverEnd();

    /** Returns when it was handed out. */
    PgTimestamp sentAt();

    /** Returns the number of bytes. */
    int length();

    /**
     * Returns the file that holds the bytes, from {@link #fileOffset} on, for {@code sendfile}; null if there is none. The
     * transport neither closes it nor moves its position.
     */
    @Nullable
    FileChannel file();

    /** Returns where in {@link #file} the bytes begin. */
    long fileOffset();

    /**
     * Returns the bytes: a read-only, direct view with a position of its own, of a buffer shared by all sessions at the same
     * place. Valid until {@link #close}.
     *
     * @throws io.walcast.core.error.StorageException if they cannot be read; the stream cannot go on
     */
    ByteBuffer buffer();

    /** Gives the bytes back. Idempotent. */
    @Override
    void close();
}
