// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import io.walcast.command.ReplicationCommand;
import io.walcast.core.protocol.StandbyMessage;
import java.util.Map;

/**
 * The server's side of one connection: what PostgreSQL's walsender process is to its client.
 *
 * <p>Threading: the transport's calls never overlap, for a session and its {@link WalStream} together, and none blocks: it
 * may be made on an event loop. Nor is one made from within another, whatever that one does to its reply, its stream or its
 * peer. Answers may come from another thread. A call that throws has a bug: the connection is closed.
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

    /**
     * Tells that the transport has answered a command with an error itself, for example one that cannot be parsed. Comes when
     * no command is being executed.
     */
    default void commandRefused() {}

    /** Takes a message that came while streaming, and before the peer's {@code CopyDone}; each one, in order. */
    void received(StandbyMessage message);

    /** Ends the current command with 57014, if there is one. */
    void cancelCommand();

    /** Tells that the connection is gone: exactly once, and nothing is called after it. */
    void closed(CloseReason reason);
}
