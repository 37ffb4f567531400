// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import io.walcast.core.Lsn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The pages around the one being read, as far as the source had them. One owner thread. */
final class PageWindow {
    private static final int PAGES = 32;

    private final WalPageSource source;
    private final ByteBuffer bytes =
            ByteBuffer.allocateDirect(PAGES * XLogPageHeader.PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long start;

    PageWindow(WalPageSource source) {
        this.source = source;
        bytes.limit(0);
    }

    /** Returns the window's bytes; from position 0 to its limit they are valid. */
    ByteBuffer bytes() {
        return bytes;
    }

    /** Returns whether the first {@code wanted} bytes of {@code page} are here. */
    boolean has(long page, int wanted) {
        long offset = page - start;
        return offset >= 0 && offset <= bytes.limit() - wanted;
    }

    /** Returns where in {@link #bytes} the page begins. */
    int offsetOf(long page) {
        return (int) (page - start);
    }

    /** Tries to have the first {@code wanted} bytes of {@code page} here, and returns whether they are. */
    boolean fill(long page, int wanted) {
        if (!has(page, wanted)) {
            bytes.clear();
            start = page;
            try {
                source.read(new Lsn(page), bytes);
            } finally {
                bytes.flip();
            }
        }
        return has(page, wanted);
    }

    /** Forgets everything: what is read next may come from elsewhere. */
    void forget() {
        bytes.limit(0);
    }
}
