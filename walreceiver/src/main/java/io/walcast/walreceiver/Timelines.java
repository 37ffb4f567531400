// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineHistory;
import io.walcast.core.TimelineId;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.storage.WalDirectory;
import io.walcast.transport.TimelineHistoryFile;
import io.walcast.transport.WalReceiverConnection;
import java.nio.ByteBuffer;
import java.util.function.Function;

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

    /** A history as the server sent it; not on disk yet. */
    private record Fetched(TimelineHistory history, ByteBuffer content) {}

    /**
     * Fetches the history of {@code server}'s timeline and what it names after {@code ours}, and keeps it durably once it
     * is known to continue what we hold: a server that is refused leaves no file behind.
     *
     * @param ourEnd tells the end of what we hold on {@code ours}, given the server's history
     * @return the history of {@code server}
     * @throws RefusedException if the server is behind us or diverged, or its history is not the one we hold
     */
    TimelineHistory fetch(TimelineId ours, TimelineId server, Function<TimelineHistory, Lsn> ourEnd) {
        if (server.compareTo(ours) < 0) {
            throw new RefusedException(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    "highest timeline %s of the primary is behind recovery timeline %s".formatted(server, ours));
        }
        Fetched newest = fetchNewest(server);
        TimelineHistory history = newest.history();
        history.requireContinues(ours, ourEnd.apply(history));
        keep(newest);
        for (TimelineHistory.Entry entry : history.entries()) {
            TimelineId timeline = entry.timeline();
            boolean wanted = timeline.compareTo(ours) >= 0 && !timeline.equals(server);
            if (wanted && !timeline.equals(TimelineId.FIRST) && !directory.hasHistory(timeline)) {
                fetchAncestor(timeline);
            }
        }
        return history;
    }

    /** A server that lost the file of its own timeline can be followed as long as we have it. */
    private Fetched fetchNewest(TimelineId timeline) {
        try {
            return fetchOne(timeline);
        } catch (ServerErrorException e) {
            byte[] ours = directory.readHistory(timeline).orElse(null);
            if (ours == null || !e.sqlState().equals(SqlState.UNDEFINED_FILE)) {
                throw e;
            }
            listener.onWarning("the server has no history file of its own timeline " + timeline);
            return new Fetched(TimelineHistory.parse(timeline, ByteBuffer.wrap(ours)), ByteBuffer.wrap(ours));
        }
    }

    /** The newest history names all that its ancestors do, so a server that lost an older file can still be followed. */
    private void fetchAncestor(TimelineId timeline) {
        try {
            keep(fetchOne(timeline));
        } catch (ServerErrorException e) {
            if (!e.sqlState().equals(SqlState.UNDEFINED_FILE)) {
                throw e;
            }
            listener.onWarning("the server has no history file of timeline " + timeline);
        }
    }

    private Fetched fetchOne(TimelineId timeline) {
        if (timeline.equals(TimelineId.FIRST)) {
            return new Fetched(TimelineHistory.withoutParents(timeline), ByteBuffer.allocate(0));
        }
        TimelineHistoryFile file = connection.readTimelineHistory(timeline);
        return new Fetched(TimelineHistory.parse(timeline, file.content().duplicate()), file.content());
    }

    private void keep(Fetched fetched) {
        TimelineId timeline = fetched.history().timeline();
        if (!timeline.equals(TimelineId.FIRST)) {
            byte[] content = new byte[fetched.content().remaining()];
            fetched.content().duplicate().get(content);
            directory.writeHistory(timeline, content);
        }
    }
}
