// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.storage.WalDirectory;
import io.walcast.transport.TimelineHistoryFile;
import io.walcast.transport.WalReceiverConnection;

/**
 * The timelines that the server knows and we need: fetches their history files, has them on disk before the first byte
 * of their WAL, and refuses a server whose history does not continue ours ({@code WalRcvFetchTimeLineHistoryFiles}).
 */
final class Timelines {
    private final WalDirectory directory;
    private final WalReceiverConnection connection;
    private final WalReceiverListener listener;

    Timelines(WalDirectory directory, WalReceiverConnection connection, WalReceiverListener listener) {
        this.directory = directory;
        this.connection = connection;
        this.listener = listener;
    }

    /**
     * Fetches the history of {@code server}'s timeline and what it names after {@code ours}, and keeps it durably.
     *
     * @return the history of {@code server}
     * @throws RefusedException if the server is behind us, or its history is not the one we hold
     */
    TimelineHistory fetch(TimelineId ours, TimelineId server) {
        if (server.compareTo(ours) < 0) {
            throw new RefusedException(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    "highest timeline %s of the primary is behind recovery timeline %s".formatted(server, ours));
        }
        TimelineHistory history = fetchOne(server);
        for (TimelineHistory.Entry entry : history.entries()) {
            boolean wanted =
                    entry.timeline().compareTo(ours) >= 0 && !entry.timeline().equals(server);
            if (wanted && !entry.timeline().equals(TimelineId.FIRST) && !directory.hasHistory(entry.timeline())) {
                fetchAncestor(entry.timeline());
            }
        }
        return history;
    }

    /** The newest history names all that its ancestors do, so a server that lost an older file can still be followed. */
    private void fetchAncestor(TimelineId timeline) {
        try {
            fetchOne(timeline);
        } catch (ServerErrorException e) {
            if (!e.sqlState().equals(SqlState.UNDEFINED_FILE)) {
                throw e;
            }
            listener.onWarning("the server has no history file of timeline " + timeline);
        }
    }

    private TimelineHistory fetchOne(TimelineId timeline) {
        if (timeline.equals(TimelineId.FIRST)) {
            return TimelineHistory.withoutParents(timeline);
        }
        TimelineHistoryFile file = connection.readTimelineHistory(timeline);
        TimelineHistory history = TimelineHistory.parse(timeline, file.content().duplicate());
        byte[] content = new byte[file.content().remaining()];
        file.content().duplicate().get(content);
        directory.writeHistory(timeline, content);
        return history;
    }
}
