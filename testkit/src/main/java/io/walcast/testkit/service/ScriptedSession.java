// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.service;

import io.walcast.command.ReplicationCommand;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.Reply;
import io.walcast.transport.SessionPeer;
import io.walcast.transport.SessionRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One session of a {@link ScriptedService}. It checks that its calls and those of its streams never overlap, that a command
 * is given only when the one before is over, and that it is closed once, last.
 *
 * <p>Safe for use from any thread.
 */
public final class ScriptedSession implements ReplicationSession {
    private final int pid;
    private final SessionRequest request;
    private final SessionPeer peer;
    private final Map<String, String> parameters;
    private final SessionScript script;
    private final CallGuard guard;
    private final List<ReplicationCommand> commands = new CopyOnWriteArrayList<>();
    private final List<StandbyMessage> received = new CopyOnWriteArrayList<>();
    private final List<ScriptedWalStream> streams = new CopyOnWriteArrayList<>();
    private final AtomicInteger cancels = new AtomicInteger();
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicBoolean busy = new AtomicBoolean();
    private final CompletableFuture<CloseReason> closed = new CompletableFuture<>();

    // Written by the test, read by the transport's threads.
    private volatile Consumer<StandbyMessage> onMessage = message -> {};
    // Written by the transport's threads, read by the test.
    private volatile @Nullable Reply reply;

    ScriptedSession(
            int pid,
            SessionRequest request,
            SessionPeer peer,
            Map<String, String> parameters,
            SessionScript script,
            Consumer<String> complaints) {
        this.pid = pid;
        this.request = request;
        this.peer = peer;
        this.parameters = parameters;
        this.script = script;
        this.guard = new CallGuard("session " + pid, complaints);
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public Map<String, String> parameters() {
        return parameters;
    }

    @Override
    public void execute(ReplicationCommand command, Reply reply) {
        guard.run("execute", () -> {
            if (!busy.compareAndSet(false, true)) {
                guard.complain("execute before the last command was over");
            }
            streams.forEach(ScriptedWalStream::over);
            commands.add(command);
            Reply checked = new ScriptedReply(reply, this);
            this.reply = checked;
            script.execute(this, command, checked);
        });
    }

    @Override
    public void commandRefused() {
        guard.run("commandRefused", () -> {
            refusals.incrementAndGet();
            if (busy.get()) {
                guard.complain("commandRefused before the last command was over");
            }
        });
    }

    @Override
    public void received(StandbyMessage message) {
        guard.run("received", () -> {
            received.add(message);
            onMessage.accept(message);
        });
    }

    @Override
    public void cancelCommand() {
        guard.run("cancelCommand", this::cancelRequested);
    }

    /** Ends the command, as a session does that is told to cancel. */
    void cancelRequested() {
        cancels.incrementAndGet();
        Reply current = reply;
        if (current != null && busy.get()) {
            current.error(ErrorFields.error(SqlState.QUERY_CANCELED, "canceling statement due to user request"));
        }
    }

    @Override
    public void closed(CloseReason reason) {
        guard.run("closed", () -> {
            guard.close();
            if (!closed.complete(reason)) {
                guard.complain("closed twice");
            }
        });
    }

    /** Says what to do, besides noting it, when the peer sends a message of a stream; called by the transport. */
    public void onMessage(Consumer<StandbyMessage> action) {
        onMessage = action;
    }

    /** Makes a stream for this session, to be given to {@link Reply#copyBoth}. */
    public ScriptedWalStream newStream() {
        ScriptedWalStream stream = new ScriptedWalStream(this, guard);
        streams.add(stream);
        return stream;
    }

    void commandOver() {
        busy.set(false);
    }

    /** The command fails: at once no stream must be asked for more, if the transport waits for the return. */
    void commandFails() {
        if (guard.isInside()) {
            streams.forEach(ScriptedWalStream::over);
        }
        commandOver();
    }

    /** Returns who has connected. */
    public SessionRequest request() {
        return request;
    }

    /** Returns the peer. */
    public SessionPeer peer() {
        return peer;
    }

    /** Returns where the answer to the latest command goes; null before the first. */
    public @Nullable Reply reply() {
        return reply;
    }

    /** Returns the commands so far. */
    public List<ReplicationCommand> commands() {
        return List.copyOf(commands);
    }

    /** Returns the messages of the peer so far. */
    public List<StandbyMessage> received() {
        return List.copyOf(received);
    }

    /** Returns the streams so far. */
    public List<ScriptedWalStream> streams() {
        return List.copyOf(streams);
    }

    /** Returns how often the session was told to cancel. */
    public int cancels() {
        return cancels.get();
    }

    /** Returns how many commands the transport refused itself. */
    public int refusals() {
        return refusals.get();
    }

    /** Returns every call of the session and its streams so far. */
    public List<SessionCall> calls() {
        return guard.calls();
    }

    /** Completes with the reason when the session is closed. */
    public CompletableFuture<CloseReason> closed() {
        return closed;
    }
}
