// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.transport.WalChunk;
import org.jspecify.annotations.Nullable;

/** Where a stream gets its WAL from: {@link WalSndReader#next}. Confined to the stream. */
@FunctionalInterface
interface WalChunks {

    /** Returns the next chunk, or null if it is not at hand yet; see {@link WalSndReader#next}. */
    @Nullable
    WalChunk next(TimelineId fileTimeline, Lsn start, Lsn upto, Lsn serverEnd, int maxBytes, Runnable wake);
}
