// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.standby;

import io.walcast.command.ReplicationCommand;
import io.walcast.command.ReplicationCommand.IdentifySystem;
import io.walcast.command.ReplicationCommand.Show;
import io.walcast.command.ReplicationCommand.StartReplication;
import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.protocol.StandbyMessage;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A standby that does what a test says, when it says it, over one transport; authenticated already.
 *
 * <p>It reads from its connection only while {@link #next} is called: a test that does not ask lets the server's messages
 * pile up on the way, as a standby does that has stalled. It never answers by itself.
 *
 * <p>Threading: one owner thread. Nothing but {@link #next} waits for the server, except that sending may wait for room on
 * the network.
 */
public interface ScriptedStandby extends AutoCloseable {

    /** Returns the number the server has given to the session. */
    int pid();

    /** Returns what the server reported before the first command, in its order. */
    Map<String, String> parameters();

    /** Sends a command, whatever the state of the connection. */
    void send(ReplicationCommand command);

    /** Sends a message of a stream, whatever the state of the connection. */
    void send(StandbyMessage message);

    /** Ends its direction of the stream ({@code CopyDone}). */
    void copyDone();

    /** Asks for an end of what its session does, as another connection may have to. */
    void cancel();

    /** Says goodbye and closes. */
    void terminate();

    /** Ends the connection without a word. */
    void cut();

    /**
     * Sends something that breaks the transport's protocol.
     *
     * @return false if the transport has nothing of the kind
     */
    default boolean sendGarbage() {
        return false;
    }

    /**
     * Sends a command that begins as one of replication and does not go on so.
     *
     * @return false if the transport's commands have no text
     */
    default boolean sendMalformedCommand() {
        return false;
    }

    /**
     * Returns what comes next, {@link FromServer.Closed} from the end of the connection on.
     *
     * @throws AssertionError if nothing comes within {@code limit}
     */
    default FromServer next(Duration limit) {
        FromServer message = poll(limit);
        if (message == null) {
            throw new AssertionError("nothing from the server within " + limit);
        }
        return message;
    }

    /** Returns what comes next, or null if nothing does within {@code limit}. */
    @Nullable
    FromServer poll(Duration limit);

    /** Sends a command and waits for all of its answer, up to {@code ReadyForQuery} or the end of the connection. */
    default CommandAnswer execute(ReplicationCommand command, Duration limit) {
        send(command);
        return answer(limit);
    }

    /** Waits for the rest of an answer, up to {@code ReadyForQuery} or the end of the connection. */
    default CommandAnswer answer(Duration limit) {
        return CommandAnswer.read(this, limit);
    }

    /** Sends {@code IDENTIFY_SYSTEM} and waits for the answer. */
    default CommandAnswer identify(Duration limit) {
        return execute(new IdentifySystem(), limit);
    }

    /** Sends {@code SHOW} and waits for the answer. */
    default CommandAnswer show(String name, Duration limit) {
        return execute(new Show(name), limit);
    }

    /** Sends {@code START_REPLICATION} and returns what comes first of the answer. */
    default FromServer start(Lsn start, TimelineId timeline, Duration limit) {
        send(new StartReplication(null, start, timeline));
        return next(limit);
    }

    /** Cuts the connection if it is still there. Idempotent. */
    @Override
    void close();
}
