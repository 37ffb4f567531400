// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessage.EndOfStream;
import io.walcast.core.protocol.ServerMessage.Keepalive;
import io.walcast.core.protocol.ServerMessage.XLogData;
import io.walcast.transport.client.Deadline;
import io.walcast.transport.grpc.v1.SessionResponse;
import io.walcast.transport.grpc.wire.ErrorMessages;
import io.walcast.transport.grpc.wire.ReceivedFrame;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One stream, from CopyBoth to its end.
 *
 * <p>WAL is handed out as it came: each piece of a message is lent as an {@link XLogData} of its own. A logical stream's
 * message is one change, so it is put together first.
 *
 * <p>Threading: confined to the owner, but for {@link #release}, which the owner's gate decides about.
 */
final class ReplicationStream {
    /** How far the two ends are. */
    enum State {
        STREAMING,
        /** The server said CopyDone. */
        SERVER_DONE,
        /** The server said Shutdown. */
        SHUTDOWN,
        /** The server reported an error; it says Ready next, unless it ends the session. */
        FAILED,
        /** Both ends are done. */
        ENDED
    }

    private static final int MOST_ASIDES_AT_ONCE = 64;

    private final SessionDialogue dialogue;
    private final boolean wholeMessages;
    private State state = State.STREAMING;
    private ReceivedFrame.@Nullable Wal current;
    private Lsn position = Lsn.INVALID;

    ReplicationStream(SessionDialogue dialogue, boolean wholeMessages) {
        this.dialogue = dialogue;
        this.wholeMessages = wholeMessages;
    }

    State state() {
        return state;
    }

    void ended() {
        release();
        state = State.ENDED;
    }

    /** Gives back what was lent. */
    void release() {
        ReceivedFrame.Wal lent = current;
        current = null;
        if (lent != null) {
            lent.release();
        }
    }

    /**
     * Returns the next message, or null if none is there, or if so many asides came that the owner has to look at something
     * else first; it is woken at once then.
     */
    @Nullable
    ServerMessage receive() {
        XLogData more = nextPiece();
        if (more != null) {
            return more;
        }
        for (int asides = 0; asides < MOST_ASIDES_AT_ONCE; asides++) {
            ReceivedFrame frame = dialogue.poll();
            if (frame == null) {
                return nothingYet();
            }
            ServerMessage message = frame instanceof ReceivedFrame.Wal wal
                    ? walData(wal)
                    : control(((ReceivedFrame.Message) frame).response());
            if (message != null) {
                return message;
            }
        }
        dialogue.call().wake();
        return null;
    }

    private @Nullable ServerMessage nothingYet() {
        boolean mayStillSend = state == State.STREAMING || state == State.SERVER_DONE;
        if (mayStillSend && dialogue.call().isDry()) {
            throw dialogue.call().lost();
        }
        return null;
    }

    private ServerMessage walData(ReceivedFrame.Wal wal) {
        current = wal;
        position = wal.start();
        if (state != State.STREAMING) {
            throw new ProtocolViolationException("WAL after CopyDone");
        }
        if (Long.compareUnsigned(position.value() + wal.length(), position.value()) < 0) {
            throw new ProtocolViolationException("LSN overflow");
        }
        XLogData first = wholeMessages ? whole(wal) : nextPiece();
        return first != null ? first : data(wal, ByteBuffer.allocate(0));
    }

    private @Nullable XLogData nextPiece() {
        ReceivedFrame.Wal wal = current;
        ByteBuffer piece = wal == null ? null : wal.nextPiece();
        if (wal == null || piece == null) {
            release();
            return null;
        }
        return data(wal, piece);
    }

    private XLogData whole(ReceivedFrame.Wal wal) {
        ByteBuffer all = ByteBuffer.allocate(wal.length());
        for (ByteBuffer piece = wal.nextPiece(); piece != null; piece = wal.nextPiece()) {
            all.put(piece);
        }
        return data(wal, all.flip().asReadOnlyBuffer());
    }

    private XLogData data(ReceivedFrame.Wal wal, ByteBuffer piece) {
        PgTimestamp sentAt = wal.sentAt();
        XLogData data = new XLogData(position, wal.serverEnd(), sentAt, piece);
        position = new Lsn(position.value() + piece.remaining());
        return data;
    }

    /** Takes a message that is not WAL; null if there is nothing in it for the owner. */
    private @Nullable ServerMessage control(SessionResponse message) {
        if (dialogue.takeAside(message)) {
            return null;
        }
        switch (message.getMessageCase()) {
            case ERROR -> {
                state = State.FAILED;
                throw new ServerErrorException(ErrorMessages.fields(message.getError()));
            }
            case KEEPALIVE -> {
                if (state == State.STREAMING) {
                    return keepalive(message.getKeepalive());
                }
            }
            case COPY_DONE -> {
                if (state == State.STREAMING) {
                    state = State.SERVER_DONE;
                    return new EndOfStream(EndOfStream.Reason.END_OF_TIMELINE);
                }
            }
            case SHUTDOWN -> {
                if (state == State.STREAMING) {
                    state = State.SHUTDOWN;
                    return new EndOfStream(EndOfStream.Reason.SHUTDOWN);
                }
            }
            default -> {}
        }
        throw SessionDialogue.unexpected(message, state == State.STREAMING ? "while streaming" : "after the stream");
    }

    private static Keepalive keepalive(io.walcast.transport.grpc.v1.Keepalive message) {
        return new Keepalive(
                new Lsn(message.getWalEnd()), new PgTimestamp(message.getSentAt()), message.getReplyRequested());
    }

    /** Waits until the server has said CopyDone, dropping what it still sends. */
    void drain(Deadline deadline, String what) {
        while (state == State.STREAMING) {
            dialogue.call().checkMayGoOn(deadline, what);
            dialogue.call().resetArrival();
            if (receive() == null) {
                dialogue.call().await(deadline, what);
            }
        }
    }
}
