// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import io.walcast.core.Lsn;
import java.nio.ByteBuffer;

/** Where WAL is read from: segment files, a running receiver, a test's array. */
public interface WalPageSource {

    /**
     * Reads WAL from {@code start} into {@code into}, as much as there is room for and WAL at hand. It may stop early
     * at any whole page, such as the end of a segment.
     *
     * @param start the start of a page
     * @param into room for one page or more; its position moves by what was read
     * @return the number of bytes read; less than a page means that the WAL at hand ends there, 0 that there is none
     * @throws io.walcast.core.error.StorageException if reading fails
     */
    int read(Lsn start, ByteBuffer into);
}
