// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.buffer.ByteBuf;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.SqlState;
import io.walcast.core.protocol.StandbyMessageCodec;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.WalStream;

/**
 * An open stream, both directions of it ({@code ProcessRepliesIfAny}). When both have said CopyDone it is over.
 *
 * <p>Confined to the event loop.
 */
final class CopyBoth {
    private static final int LONGEST_MESSAGE_BYTES = 8 << 10;
    private static final Frames.TooLong TOO_LONG =
            new Frames.TooLong(SqlState.PROTOCOL_VIOLATION, "standby message longer than 8 KB");

    private final FrontendConnection connection;
    private final ReplicationSession session;
    private final WalStream stream;
    private final Runnable whenOver;
    private final StreamPump pump;
    private boolean peerDone;
    private boolean over;

    CopyBoth(FrontendConnection connection, ReplicationSession session, WalStream stream, Runnable whenOver) {
        this.connection = connection;
        this.session = session;
        this.stream = stream;
        this.whenOver = whenOver;
        this.pump = new StreamPump(connection, stream);
    }

    /** Sends what there is, as far as the peer can take it. */
    void pump() {
        pump.pump();
        endIfDone();
    }

    /** Sends nothing any more. */
    void stop() {
        over = true;
        pump.stop();
    }

    /** Takes a message; after the peer's CopyDone what follows waits for the end, it is the next command's. */
    boolean take(ByteBuf input) {
        if (peerDone) {
            return false;
        }
        int type = Frames.type(input);
        if (type < 0) {
            return false;
        }
        if (type != 'd' && type != 'c' && type != 'X') {
            throw new ProtocolViolationException("invalid standby message type " + shown(type));
        }
        ByteBuf body = Frames.take(input, LONGEST_MESSAGE_BYTES, TOO_LONG);
        if (body == null) {
            return false;
        }
        switch (type) {
            case 'X' -> connection.close(CloseReason.TERMINATED_BY_PEER);
            case 'c' -> peerCopyDone();
            default -> copyData(body);
        }
        return true;
    }

    /** A type that nobody knows ends the connection without a word, as in PostgreSQL. */
    private void copyData(ByteBuf body) {
        int type = Frames.type(body);
        if (type < 0) {
            throw new ProtocolViolationException("no data left in message");
        }
        boolean known = type == StandbyMessageCodec.STATUS_UPDATE || type == StandbyMessageCodec.HOT_STANDBY_FEEDBACK;
        if (!known) {
            connection.drop(SqlState.PROTOCOL_VIOLATION, "unexpected message type " + shown(type));
            return;
        }
        session.received(StandbyMessageCodec.decode(body.nioBuffer()));
    }

    private void peerCopyDone() {
        peerDone = true;
        stream.peerCopyDone();
        pump();
    }

    private void endIfDone() {
        if (peerDone && pump.isDone() && !over) {
            over = true;
            whenOver.run();
            stream.ended();
        }
    }

    private static String shown(int type) {
        return type > ' ' && type < 0x7F ? "\"%c\"".formatted((char) type) : "0x%02x".formatted(type);
    }
}
