// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import io.walcast.core.Lsn;
import java.nio.ByteBuffer;

/** WAL in memory, from a position on; gives no more than some pages at once, and counts how often it is asked. */
final class PagesInMemory implements WalPageSource {
    private final Lsn start;
    private final byte[] wal;
    private final int pagesAtOnce;
    private int reads;

    PagesInMemory(Lsn start, byte[] wal, int pagesAtOnce) {
        this.start = start;
        this.wal = wal;
        this.pagesAtOnce = pagesAtOnce;
    }

    @Override
    public int read(Lsn from, ByteBuffer into) {
        reads++;
        long offset = from.value() - start.value();
        if (offset < 0 || offset >= wal.length) {
            return 0;
        }
        int count = Math.min(into.remaining(), pagesAtOnce * XLogPageHeader.PAGE_BYTES);
        count = Math.min(count, wal.length - (int) offset);
        into.put(wal, (int) offset, count);
        return count;
    }

    int length() {
        return wal.length;
    }

    int reads() {
        return reads;
    }
}
