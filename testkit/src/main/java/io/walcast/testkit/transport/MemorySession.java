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
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of a connection in memory: hands on what the standby does, and pulls the stream.
 *
 * <p>Threading: {@link SessionPeer} from any thread, all else on the listener's.
 */
final class MemorySession implements SessionPeer {
    private static final int MAX_CHUNK_BYTES = 128 << 10;

    private final MemoryListener listener;
    private final int sendBufferBytes;
    private final MemoryPipe pipe = new MemoryPipe();
    private final Deque<ReplicationCommand> waiting = new ArrayDeque<>();
    // Set by any thread, cleared by the listener's.
    private final AtomicBoolean pullDue = new AtomicBoolean();

    private @Nullable ReplicationSession session;
    private @Nullable MemoryReply reply;
    private @Nullable WalStream stream;
    private boolean ourCopyDone;
    private boolean peerCopyDone;
    private boolean isClosed;

    MemorySession(MemoryListener listener, int sendBufferBytes) {
        this.listener = listener;
        this.sendBufferBytes = sendBufferBytes;
    }

    void begin(ReplicationSession opened) {
        session = opened;
    }

    MemoryPipe pipe() {
        return pipe;
    }

    /** Runs {@code task} on the listener's thread unless the connection is gone; what it throws ends the connection. */
    void post(Runnable task) {
        listener.post(() -> {
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

    private ReplicationSession session() {
        return requireNonNull(session, "session");
    }

    /** Takes a command; it waits for the end of the one before. */
    void command(ReplicationCommand command) {
        waiting.add(command);
        executeNext();
    }

    private void executeNext() {
        ReplicationCommand command = reply == null ? waiting.poll() : null;
        if (command != null) {
            MemoryReply next = new MemoryReply(this);
            reply = next;
            session().execute(command, next);
        }
    }

    /** Takes a message of a stream; outside of one it means nothing. */
    void message(StandbyMessage message) {
        if (stream != null && !peerCopyDone) {
            session().received(message);
        }
    }

    void copyDone() {
        WalStream current = stream;
        if (current != null && !peerCopyDone) {
            peerCopyDone = true;
            current.peerCopyDone();
            endIfBothAreDone();
            schedulePull();
        }
    }

    void send(MemoryReply from, FromServer message) {
        if (from == reply) {
            pipe.add(message);
        }
    }

    void beginStream(MemoryReply from, WalStream started) {
        if (from == reply) {
            stream = started;
            ourCopyDone = false;
            peerCopyDone = false;
            pipe.add(new FromServer.CopyBoth());
            schedulePull();
        }
    }

    void ready(MemoryReply from) {
        if (from == reply) {
            commandOver();
        }
    }

    void fail(MemoryReply from, ErrorFields fields) {
        if (from != reply) {
            return;
        }
        pipe.add(new FromServer.Failed(fields));
        if (fields.severity().equals("ERROR")) {
            commandOver();
        } else {
            end();
        }
    }

    private void commandOver() {
        pipe.add(new FromServer.Ready());
        stream = null;
        reply = null;
        post(this::executeNext);
    }

    /** Has the stream asked for more, on its own turn: never from within a call of the session. */
    void schedulePull() {
        if (pullDue.compareAndSet(false, true)) {
            post(() -> {
                pullDue.set(false);
                pull();
            });
        }
    }

    private void pull() {
        while (stream != null && !ourCopyDone && !isClosed && pipe.queuedBytes() < sendBufferBytes) {
            Outbound outbound = stream.next(MAX_CHUNK_BYTES);
            if (outbound == null) {
                return;
            }
            send(outbound);
        }
    }

    private void send(Outbound outbound) {
        if (outbound instanceof WalChunk chunk) {
            pipe.add(chunk);
        } else if (outbound instanceof Outbound.Keepalive keepalive) {
            pipe.add(new FromServer.Keepalive(keepalive.walEnd(), keepalive.sentAt(), keepalive.replyRequested()));
        } else if (outbound instanceof Outbound.CopyDone) {
            pipe.add(new FromServer.CopyDone());
            ourCopyDone = true;
            endIfBothAreDone();
        } else if (outbound instanceof Outbound.Shutdown) {
            pipe.add(new FromServer.CommandComplete("COPY 0"));
            end();
        }
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
            if (pipe.queuedBytes() < sendBufferBytes) {
                pipe.add(new FromServer.Notice(fields));
            }
        });
    }

    @Override
    public void parameterChanged(String name, String value) {
        post(() -> pipe.add(new FromServer.ParameterStatus(name, value)));
    }

    @Override
    public void terminate(ErrorFields fields) {
        post(() -> {
            pipe.add(new FromServer.Failed(fields));
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
    void close(CloseReason reason) {
        if (!isClosed) {
            isClosed = true;
            pipe.finish();
            listener.forget(this);
            session().closed(reason);
        }
    }
}
