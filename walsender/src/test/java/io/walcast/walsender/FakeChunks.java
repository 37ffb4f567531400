// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.TimelineId;
import io.walcast.core.error.StorageException;
import io.walcast.transport.WalChunk;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hands out chunks without bytes, and remembers them. Confined to a test's thread. */
final class FakeChunks implements WalChunks {
    private final List<String> asked = new ArrayList<>();
    private boolean notAtHand;
    private int beyond;
    private @Nullable StorageException failure;
    private @Nullable Runnable wake;

    /** Has the next chunks not be at hand. */
    void withhold() {
        notAtHand = true;
    }

    /** Has them be at hand again, and wakes who waits. */
    void release() {
        notAtHand = false;
        Runnable waking = wake;
        if (waking != null) {
            waking.run();
        }
    }

    void fail(StorageException cause) {
        failure = cause;
    }

    /** Has chunks be longer than they may. */
    void exceedBy(int bytes) {
        beyond = bytes;
    }

    /** Returns what was handed out: {@code timeline of the file: start-end}. */
    List<String> handedOut() {
        return asked;
    }

    @Override
    public @Nullable WalChunk next(
            TimelineId fileTimeline, Lsn start, Lsn upto, Lsn serverEnd, int maxBytes, Runnable wakeUp) {
        if (failure != null) {
            throw failure;
        }
        if (notAtHand) {
            wake = wakeUp;
            return null;
        }
        int length = WalSndReader.length(start, upto, maxBytes) + beyond;
        asked.add(fileTimeline + ": " + start + "-" + start.plus(length));
        return new FakeChunk(start, serverEnd, length);
    }

    /**
     * A chunk without bytes.
     *
     * @param start where it begins
     * @param serverEnd what is said of the end of WAL
     * @param length how many bytes it stands for
     */
    record FakeChunk(Lsn start, Lsn serverEnd, int length) implements WalChunk {
        Lsn end() {
            return start.plus(length);
        }

        @Override
        public PgTimestamp sentAt() {
            return PgTimestamp.NONE;
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
            return ByteBuffer.allocateDirect(length);
        }

        @Override
        public void close() {}
    }
}
