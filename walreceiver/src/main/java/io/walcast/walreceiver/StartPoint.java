// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.core.Lsn;
import io.walcast.core.SegmentSize;
import io.walcast.core.TimelineId;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.SqlState;
import io.walcast.core.storage.StreamStart;
import io.walcast.core.storage.WalDirectory;
import io.walcast.transport.SlotPosition;
import io.walcast.transport.SystemIdentity;
import io.walcast.transport.WalReceiverConnection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where to start streaming, in PostgreSQL's order: after the files that are there, else where the slot keeps WAL from,
 * else where the server is now; always at the start of a segment ({@code StreamLog} of {@code pg_receivewal}).
 */
final class StartPoint {
    private static final int FIRST_MAJOR_WITH_READ_SLOT = 15;

    private StartPoint() {}

    /**
     * Returns the point.
     *
     * @throws RefusedException if the slot is not there
     */
    static StreamStart find(
            WalDirectory directory,
            SegmentSize segmentSize,
            WalReceiverConnection connection,
            SystemIdentity server,
            @Nullable String slot) {
        Optional<StreamStart> fromFiles = directory.streamStart(segmentSize);
        if (fromFiles.isPresent()) {
            return fromFiles.get();
        }
        if (slot != null && connection.senderInfo().serverMajor() >= FIRST_MAJOR_WITH_READ_SLOT) {
            SlotPosition position = connection
                    .readSlot(slot)
                    .orElseThrow(() -> new RefusedException(
                            SqlState.UNDEFINED_OBJECT, "replication slot \"%s\" does not exist".formatted(slot)));
            Lsn restart = position.restartLsn();
            TimelineId timeline = position.restartTimeline();
            if (restart != null && timeline != null) {
                return new StreamStart(timeline, segmentSize.startOfSegment(restart));
            }
        }
        return new StreamStart(server.timeline(), segmentSize.startOfSegment(server.flushed()));
    }
}
