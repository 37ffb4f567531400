// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import io.walcast.command.ReplicationCommand;
import io.walcast.core.protocol.StandbyMessage;
import java.util.Map;

/**
 * The server's side of one connection: what PostgreSQL's walsender process is to its client.
 *
 * <p>Threading: the transport's calls never overlap, for a session and its {@link WalStream} together, and none blocks: it
 * may be made on an event loop. Answers may come from another thread.
 */
public interface ReplicationSession {

    /** Returns the number by which the session is known ({@code BackendKeyData}, {@code pg_stat_replication.pid}). */
    int pid();

    /** Returns what to report of the server ({@code ParameterStatus}), in this order. */
    Map<String, String> parameters();

    /**
     * Begins a command. The next one may be given only after {@link Reply#ready} or {@link Reply#error} of this one.
     * Whatever is wrong with it is told by the reply.
     */
    void execute(ReplicationCommand command, Reply reply);

    /** Takes a message that came while streaming. */
    void received(StandbyMessage message);

    /** Ends the current command with 57014, if there is one. */
    void cancelCommand();

    /** Tells that the connection is gone: exactly once, and nothing is called after it. */
    void closed(CloseReason reason);
}
