// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import static java.util.Objects.requireNonNull;

import io.walcast.command.ReplicationCommand;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.testkit.standby.FromServer;
import io.walcast.transport.CloseReason;
import io.walcast.transport.Outbound;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.SessionPeer;
import io.walcast.transport.WalChunk;
import io.walcast.transport.WalStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What the sending ends of this kit do alike, whatever carries their messages: hands on what the peer does, one call at a
 * time, lets commands wait for their turn, and pulls the stream as long as there is room.
 *
 * <p>Threading: {@link #post} and {@link SessionPeer} from any thread, all else in tasks given to {@link #post}.
 */
public final class ServedSession implements SessionPeer, Outbound.Handler {
    private static final int MAX_CHUNK_BYTES = 128 << 10;
    private static final int OUTBOUNDS_PER_TURN = 16;

    private final Executor turns;
    private final SessionOutlet outlet;
    private final Runnable onClose;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    // Set by any thread, cleared in a turn.
    private final AtomicBoolean pullDue = new AtomicBoolean();

    private @Nullable ReplicationSession session;
    private @Nullable ServedReply reply;
    private @Nullable WalStream stream;
    private boolean ourCopyDone;
    private boolean peerCopyDone;
    private boolean isClosed;

    /**
     * Makes one whose session is to be opened.
     *
     * @param turns runs one task at a time, in order, never within {@code execute}
     * @param outlet where to send to
     * @param onClose run once, when the session was told that it is closed
     */
    public ServedSession(Executor turns, SessionOutlet outlet, Runnable onClose) {
        this.turns = turns;
        this.outlet = outlet;
        this.onClose = onClose;
    }

    /** Takes the session that was opened for this peer. */
    public void begin(ReplicationSession opened) {
        session = opened;
    }

    /** Runs {@code task} in a turn of its own unless the connection is gone; what it throws ends the connection. */
    public void post(Runnable task) {
        turns.execute(() -> {
            if (isClosed) {
                return;
            }
            try {
                task.run();
            } catch (RuntimeException e) {
                close(CloseReason.ENDED_BY_SERVER);
            }
        });
    }

    /** Ends the current command, for a transport without cancel requests. */
    public void cancelCommand() {
        session().cancelCommand();
    }

    private ReplicationSession session() {
        return requireNonNull(session, "session");
    }

    /** Takes a command; it waits for the end of the one before. */
    public void command(ReplicationCommand command) {
        waiting.add(new Waiting(command, null));
        executeNext();
    }

    /** Answers a command that could not be read with {@code fields}, in its turn. */
    public void refuseCommand(ErrorFields fields) {
        waiting.add(new Waiting(null, fields));
        executeNext();
    }

    private void executeNext() {
        Waiting next = reply == null ? waiting.poll() : null;
        if (next == null) {
            return;
        }
        ReplicationCommand command = next.command();
        ErrorFields refusal = next.refusal();
        if (command != null) {
            ServedReply answer = new ServedReply(this);
            reply = answer;
            session().execute(command, answer);
        } else if (refusal != null) {
            outlet.send(new FromServer.Failed(refusal));
            outlet.send(new FromServer.Ready());
            session().commandRefused();
            post(this::executeNext);
        }
    }

    /** Takes a message of a stream; outside of one it means nothing. */
    public void message(StandbyMessage message) {
        if (stream != null && !peerCopyDone) {
            session().received(message);
        }
    }

    /** Takes the peer's end of the stream; outside of one it means nothing. */
    public void copyDone() {
        WalStream current = stream;
        if (current != null && !peerCopyDone) {
            peerCopyDone = true;
            current.peerCopyDone();
            endIfBothAreDone();
            schedulePull();
        }
    }

    void send(ServedReply from, FromServer message) {
        if (from == reply) {
            outlet.send(message);
        }
    }

    void beginStream(ServedReply from, WalStream started) {
        if (from == reply) {
            stream = started;
            ourCopyDone = false;
            peerCopyDone = false;
            outlet.send(new FromServer.CopyBoth());
            schedulePull();
        }
    }

    void ready(ServedReply from) {
        if (from == reply) {
            commandOver();
        }
    }

    void fail(ServedReply from, ErrorFields fields) {
        if (from != reply) {
            return;
        }
        outlet.send(new FromServer.Failed(fields));
        if (fields.severity().equals("ERROR")) {
            commandOver();
        } else {
            end();
        }
    }

    private void commandOver() {
        outlet.send(new FromServer.Ready());
        stream = null;
        reply = null;
        post(this::executeNext);
    }

    /** Has the stream asked for more, on its own turn: never from within a call of the session. */
    private void schedulePull() {
        if (pullDue.compareAndSet(false, true)) {
            post(() -> {
                pullDue.set(false);
                pull();
            });
        }
    }

    /** Others have their turn in between, however fast the peer reads. */
    private void pull() {
        for (int i = 0; i < OUTBOUNDS_PER_TURN; i++) {
            Outbound outbound = mayPull() ? nextOf(stream) : null;
            if (outbound == null) {
                return;
            }
            outbound.dispatchTo(this);
        }
        schedulePull();
    }

    private boolean mayPull() {
        return !ourCopyDone && !isClosed && outlet.hasRoom();
    }

    private static @Nullable Outbound nextOf(@Nullable WalStream stream) {
        return stream == null ? null : stream.next(MAX_CHUNK_BYTES);
    }

    @Override
    public void onWalChunk(WalChunk chunk) {
        outlet.send(chunk);
    }

    @Override
    public void onKeepalive(Outbound.Keepalive keepalive) {
        outlet.send(new FromServer.Keepalive(keepalive.walEnd(), keepalive.sentAt(), keepalive.replyRequested()));
    }

    @Override
    public void onCopyDone(Outbound.CopyDone copyDone) {
        outlet.send(new FromServer.CopyDone());
        ourCopyDone = true;
        endIfBothAreDone();
    }

    @Override
    public void onShutdown(Outbound.Shutdown shutdown) {
        outlet.send(new FromServer.CommandComplete("COPY 0"));
        end();
    }

    private void endIfBothAreDone() {
        WalStream current = stream;
        if (current != null && ourCopyDone && peerCopyDone) {
            stream = null;
            current.ended();
        }
    }

    @Override
    public void wake() {
        schedulePull();
    }

    @Override
    public void notice(ErrorFields fields) {
        post(() -> {
            if (outlet.hasRoom()) {
                outlet.send(new FromServer.Notice(fields));
            }
        });
    }

    @Override
    public void parameterChanged(String name, String value) {
        post(() -> outlet.send(new FromServer.ParameterStatus(name, value)));
    }

    @Override
    public void terminate(ErrorFields fields) {
        post(() -> {
            outlet.send(new FromServer.Failed(fields));
            end();
        });
    }

    @Override
    public void drop() {
        post(this::end);
    }

    private void end() {
        close(CloseReason.ENDED_BY_SERVER);
    }

    /** Tells the session that the connection is gone, once; what is under way to the standby still arrives. */
    public void close(CloseReason reason) {
        if (!isClosed) {
            isClosed = true;
            outlet.finish();
            try {
                session().closed(reason);
            } finally {
                onClose.run();
            }
        }
    }

    private record Waiting(
            @Nullable ReplicationCommand command, @Nullable ErrorFields refusal) {}
}
