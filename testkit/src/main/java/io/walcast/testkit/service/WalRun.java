// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.service;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.transport.Outbound;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Something for a scripted stream to hand out, in one piece or many.
 *
 * <p>Threading: confined to the stream it was added to.
 */
public final class WalRun {
    /** The server's clock in every scripted message. */
    public static final PgTimestamp SENT_AT = new PgTimestamp(700_000_000_000_000L);

    private final @Nullable Outbound single;
    private final Lsn start;
    private final ByteBuffer wal;
    private final int chunkBytes;
    private final @Nullable FileChannel file;
    private boolean taken;

    private WalRun(@Nullable Outbound single, Lsn start, byte[] wal, int chunkBytes, @Nullable FileChannel file) {
        this.single = single;
        this.start = start;
        this.wal = ByteBuffer.wrap(wal);
        this.chunkBytes = chunkBytes;
        this.file = file;
    }

    /** Returns something else than WAL. */
    public static WalRun of(Outbound outbound) {
        return new WalRun(outbound, Lsn.INVALID, new byte[0], 1, null);
    }

    /** Returns WAL in chunks of {@code chunkBytes}, the last one shorter, smaller if the transport asks for less. */
    public static WalRun buffered(Lsn start, byte[] wal, int chunkBytes) {
        return new WalRun(null, start, wal, chunkBytes, null);
    }

    /** Returns the same in a file that holds it from its begin on. */
    public static WalRun inFile(Lsn start, byte[] wal, int chunkBytes, FileChannel file) {
        return new WalRun(null, start, wal, chunkBytes, file);
    }

    /** Takes the next piece. */
    public Outbound take(int maxBytes) {
        taken = true;
        if (single != null) {
            return single;
        }
        int from = wal.position();
        int length = Math.min(Math.min(chunkBytes, maxBytes), wal.remaining());
        ByteBuffer content = wal.slice(from, length);
        wal.position(from + length);
        return new ScriptedChunk(start.plus(from), start.plus(wal.limit()), SENT_AT, content, file, from);
    }

    /** Returns whether nothing is left to take. */
    public boolean isEmpty() {
        return taken && !wal.hasRemaining();
    }
}
