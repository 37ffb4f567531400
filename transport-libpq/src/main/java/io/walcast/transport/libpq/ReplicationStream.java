// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static io.walcast.core.protocol.ServerMessageCodec.KEEPALIVE;
import static io.walcast.core.protocol.ServerMessageCodec.KEEPALIVE_BYTES;
import static io.walcast.core.protocol.ServerMessageCodec.XLOG_DATA;
import static io.walcast.core.protocol.ServerMessageCodec.XLOG_DATA_HEADER_BYTES;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.protocol.ServerMessage;
import io.walcast.core.protocol.ServerMessage.EndOfStream;
import io.walcast.core.protocol.ServerMessage.Keepalive;
import io.walcast.core.protocol.ServerMessage.XLogData;
import io.walcast.core.protocol.ServerMessageCodec;
import io.walcast.transport.client.Deadline;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One CopyBoth stream, from CopyBothResponse to its end.
 *
 * <p>WAL data is handed out as it comes: the header of a message is read once, and each piece of its payload that lies
 * in one read buffer becomes an {@link XLogData} of its own, a view of that buffer. A logical stream's message is one
 * change, so it is put together first.
 *
 * <p>Threading: confined to the owner.
 */
final class ReplicationStream {
    /** How far the two ends are. */
    enum State {
        STREAMING,
        /** The server said CopyDone. */
        SERVER_DONE,
        /** The server said CommandComplete: it shuts down. */
        SHUTDOWN,
        /** The server reported an error; it says ReadyForQuery next, unless it closes. */
        FAILED,
        /** Both ends are done. */
        ENDED
    }

    private static final int MOST_FRAMES_AT_ONCE = 64;

    private final ServerSession session;
    private final FrameReader frames;
    private final boolean wholeMessages;
    private State state = State.STREAMING;
    private byte messageType;
    private boolean inPayload;
    private Lsn position = Lsn.INVALID;
    private Lsn serverEnd = Lsn.INVALID;
    private PgTimestamp sentAt = PgTimestamp.NONE;

    ReplicationStream(ServerSession session, boolean wholeMessages) {
        this.session = session;
        this.frames = session.frames();
        this.wholeMessages = wholeMessages;
    }

    State state() {
        return state;
    }

    void ended() {
        state = State.ENDED;
    }

    /**
     * Returns the next message, or null if none is there, or if so many frames came without one that the owner has to
     * look at something else first; it is woken at once then.
     */
    @Nullable
    ServerMessage receive() {
        for (int taken = 0; inPayload || frames.next(); taken++) {
            if (taken == MOST_FRAMES_AT_ONCE) {
                session.wire().wake();
                return null;
            }
            if (inPayload) {
                return payloadPiece();
            }
            if (frames.type() == 'd') {
                return copyData();
            }
            ByteBuffer body = frames.takeRest();
            if (body == null) {
                break;
            }
            ServerMessage message = control(frames.type(), body);
            if (message != null) {
                return message;
            }
        }
        return nothingYet();
    }

    private @Nullable ServerMessage nothingYet() {
        boolean mayStillSend = state == State.STREAMING || state == State.SERVER_DONE;
        if (mayStillSend && session.wire().isDry()) {
            throw session.lost();
        }
        return null;
    }

    private @Nullable ServerMessage copyData() {
        if (state != State.STREAMING) {
            throw new ProtocolViolationException("CopyData after CopyDone");
        }
        if (messageType == 0 && !takeMessageType()) {
            return nothingYet();
        }
        return switch (messageType) {
            case XLOG_DATA -> walData();
            case KEEPALIVE -> keepalive();
            default -> throw ServerMessageCodec.unknownType(messageType);
        };
    }

    private boolean takeMessageType() {
        int bodyBytes = frames.bodyRemaining();
        if (bodyBytes == 0) {
            throw new ProtocolViolationException("empty replication message");
        }
        ByteBuffer first = frames.take(1);
        if (first == null) {
            return false;
        }
        byte type = first.get();
        if (type == XLOG_DATA && bodyBytes < XLOG_DATA_HEADER_BYTES) {
            throw new ProtocolViolationException("invalid WAL message received from primary");
        }
        if (type == KEEPALIVE && bodyBytes != KEEPALIVE_BYTES) {
            throw new ProtocolViolationException("invalid keepalive message received from primary");
        }
        messageType = type;
        return true;
    }

    private @Nullable ServerMessage keepalive() {
        ByteBuffer body = frames.takeRest();
        if (body == null) {
            return nothingYet();
        }
        messageType = 0;
        return new Keepalive(new Lsn(body.getLong()), new PgTimestamp(body.getLong()), body.get() != 0);
    }

    private @Nullable ServerMessage walData() {
        ByteBuffer header = frames.take(XLOG_DATA_HEADER_BYTES - 1);
        if (header == null) {
            return nothingYet();
        }
        position = new Lsn(header.getLong());
        serverEnd = new Lsn(header.getLong());
        sentAt = new PgTimestamp(header.getLong());
        int payloadBytes = frames.bodyRemaining();
        if (Long.compareUnsigned(position.value() + payloadBytes, position.value()) < 0) {
            throw new ProtocolViolationException("LSN overflow");
        }
        messageType = 0;
        inPayload = payloadBytes > 0;
        return inPayload ? payloadPiece() : data(ByteBuffer.allocate(0));
    }

    private @Nullable ServerMessage payloadPiece() {
        ByteBuffer piece = wholeMessages ? frames.takeRest() : frames.takeSome();
        if (piece == null) {
            return nothingYet();
        }
        inPayload = frames.bodyRemaining() > 0;
        return data(piece);
    }

    private XLogData data(ByteBuffer piece) {
        XLogData data = new XLogData(position, serverEnd, sentAt, piece.asReadOnlyBuffer());
        position = new Lsn(position.value() + piece.remaining());
        return data;
    }

    /** Takes a frame that is not CopyData; null if there is nothing in it for the owner. */
    private @Nullable ServerMessage control(byte type, ByteBuffer body) {
        if (session.takeAsynchronous(type, body)) {
            return null;
        }
        if (type == 'E') {
            ServerErrorException error = session.serverError(body);
            state = State.FAILED;
            throw error;
        }
        if (type == 'c' && state == State.STREAMING) {
            state = State.SERVER_DONE;
            return new EndOfStream(EndOfStream.Reason.END_OF_TIMELINE);
        }
        if (type == 'C' && state == State.STREAMING) {
            state = State.SHUTDOWN;
            return new EndOfStream(EndOfStream.Reason.SHUTDOWN);
        }
        throw new ProtocolViolationException(
                "unexpected message type %s while streaming".formatted(FrameLimits.typeName(type)));
    }

    /** Waits until the server has said CopyDone, dropping what it still sends. */
    void drain(Deadline deadline, String what) {
        while (state == State.STREAMING) {
            session.wire().checkMayGoOn(deadline, what);
            session.wire().resetArrival();
            frames.releaseLent();
            if (receive() == null) {
                session.wire().await(deadline, what);
            }
        }
    }

    /** Returns whether {@code fields} end the connection, not only the stream. */
    static boolean isFatal(ErrorFields fields) {
        return fields.severity().equals("FATAL") || fields.severity().equals("PANIC");
    }
}
