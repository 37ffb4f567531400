// SPDX-License-Identifier: Apache-2.0
package com.example.walcast.plain;

import static java.util.Objects.requireNonNull;

import io.walcast.command.ReplicationCommand;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.transport.CloseReason;
import io.walcast.transport.Outbound;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.Reply;
import io.walcast.transport.WalChunk;
import io.walcast.transport.WalStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A session as the transport drives it: one command after the other, and its stream pulled while there is room.
 *
 * <p>Threading: on the loop, one call at a time and none within another; {@link #pullSoon} and {@link Answer} from any thread.
 */
final class ServedSession implements Outbound.Handler {
    private static final int MAX_CHUNK_BYTES = 128 << 10;
    private static final int OUTBOUNDS_PER_TURN = 8;
    private static final int MAX_COMMANDS_WAITING = 100;

    private final ServedPeer peer;
    private final Wire wire;
    private final int sendBufferBytes;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    // Set by any thread, cleared on the loop.
    private final AtomicBoolean pullDue = new AtomicBoolean();

    private @Nullable ReplicationSession session;
    private @Nullable Answer answer;
    private @Nullable WalStream stream;
    private boolean ourCopyDone;
    private boolean peerCopyDone;

    private record Waiting(
            @Nullable ReplicationCommand command, @Nullable ErrorFields refusal) {}

    ServedSession(ServedPeer peer, Wire wire, int sendBufferBytes) {
        this.peer = peer;
        this.wire = wire;
        this.sendBufferBytes = sendBufferBytes;
    }

    void begin(ReplicationSession opened) {
        session = opened;
    }

    private ReplicationSession session() {
        return requireNonNull(session, "session");
    }

    void command(ReplicationCommand command) {
        add(new Waiting(command, null));
    }

    /** Answers a command that could not be read, in its turn. */
    void refuse(ErrorFields fields) {
        add(new Waiting(null, fields));
    }

    private void add(Waiting next) {
        if (waiting.size() >= MAX_COMMANDS_WAITING) {
            throw new ProtocolViolationException("too many commands at once");
        }
        waiting.add(next);
        executeNext();
    }

    private void executeNext() {
        Waiting next = answer == null ? waiting.poll() : null;
        if (next == null) {
            return;
        }
        ReplicationCommand command = next.command();
        ErrorFields refusal = next.refusal();
        if (command != null) {
            Answer current = new Answer();
            answer = current;
            session().execute(command, current);
        } else if (refusal != null) {
            wire.send(Frames.ERROR, Frames.error(refusal));
            wire.send(Frames.READY, Frames.EMPTY);
            session().commandRefused();
            peer.post(this::executeNext);
        }
    }

    void cancelCommand() {
        session().cancelCommand();
    }

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
            pullSoon();
        }
    }

    private void endIfBothAreDone() {
        WalStream current = stream;
        if (current != null && ourCopyDone && peerCopyDone) {
            stream = null;
            current.ended();
        }
    }

    void notice(ErrorFields fields) {
        if (hasRoom()) {
            wire.send(Frames.NOTICE, Frames.error(fields));
        }
    }

    void closed(CloseReason reason) {
        session().closed(reason);
    }

    private boolean hasFailed() {
        return answer != null && answer.failed;
    }

    private boolean hasRoom() {
        return wire.waitingBytes() < sendBufferBytes;
    }

    /** Has the stream asked for more in a turn of its own: never from within a call of the session. */
    void pullSoon() {
        if (pullDue.compareAndSet(false, true)) {
            peer.post(() -> {
                pullDue.set(false);
                pull();
            });
        }
    }

    /** Others have their turn in between, however fast the peer reads. */
    private void pull() {
        for (int i = 0; i < OUTBOUNDS_PER_TURN && peer.isSession(); i++) {
            WalStream current = ourCopyDone || hasFailed() || !hasRoom() ? null : stream;
            Outbound outbound = current == null ? null : current.next(MAX_CHUNK_BYTES);
            if (outbound == null) {
                return;
            }
            outbound.dispatchTo(this);
        }
        pullSoon();
    }

    @Override
    public void onWalChunk(WalChunk chunk) {
        ByteBuffer wal;
        try {
            wal = chunk.buffer();
        } catch (RuntimeException e) {
            chunk.close();
            throw e;
        }
        wire.send(Frames.COPY_DATA, Frames.walHeader(chunk), wal, chunk::close);
    }

    @Override
    public void onKeepalive(Outbound.Keepalive keepalive) {
        wire.send(Frames.COPY_DATA, Frames.keepalive(keepalive));
    }

    @Override
    public void onCopyDone(Outbound.CopyDone copyDone) {
        wire.send(Frames.COPY_DONE, Frames.EMPTY);
        ourCopyDone = true;
        endIfBothAreDone();
    }

    @Override
    public void onShutdown(Outbound.Shutdown shutdown) {
        wire.send(Frames.COMPLETE, Frames.text("COPY 0"));
        peer.leave();
    }

    /** The answer to one command. The frames are made at once, nothing that is handed in is kept; they are sent on the loop. */
    private final class Answer implements Reply {
        // Written by any thread that answers, read on the loop: the stream is asked no more from then on.
        private volatile boolean failed;

        private void send(char type, ByteBuffer body) {
            post(() -> wire.send(type, body));
        }

        /** An answer that is over has no effect any more. */
        private void post(Runnable task) {
            peer.post(() -> {
                if (answer == this) {
                    task.run();
                }
            });
        }

        @Override
        public void rowDescription(List<Column> columns) {
            send(Frames.COLUMNS, Frames.columns(columns));
        }

        @Override
        public void dataRow(List<byte @Nullable []> values) {
            send(Frames.ROW, Frames.row(values));
        }

        @Override
        public void commandComplete(String tag) {
            send(Frames.COMPLETE, Frames.text(tag));
        }

        @Override
        public void copyBoth(WalStream started) {
            post(() -> {
                stream = started;
                ourCopyDone = false;
                peerCopyDone = false;
                wire.send(Frames.COPY_BOTH, Frames.EMPTY);
                pullSoon();
            });
        }

        @Override
        public void error(ErrorFields fields) {
            failed = true;
            post(() -> {
                wire.send(Frames.ERROR, Frames.error(fields));
                if (fields.severity().equals("ERROR")) {
                    over();
                } else {
                    peer.leave();
                }
            });
        }

        @Override
        public void ready() {
            post(this::over);
        }

        private void over() {
            wire.send(Frames.READY, Frames.EMPTY);
            stream = null;
            answer = null;
            peer.post(ServedSession.this::executeNext);
        }
    }
}
