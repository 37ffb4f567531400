// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.buffer.ByteBuf;
import io.walcast.command.ReplicationCommand;
import io.walcast.command.ReplicationCommandParser;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.WalStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A session: one command after the other ({@code PostgresMain}, with what {@code am_walsender} forbids).
 *
 * <p>While a command is executed, and while the peer does not read, no other one is taken.
 */
final class SessionPhase implements Phase {
    private static final int SMALL_MESSAGE_BYTES = 10_000;

    private final FrontendConnection connection;
    private final ReplicationSession session;
    private final ConnectedPeer peer;
    private final Mode mode;
    private final int commandBytes;
    private State state = State.IDLE;
    private @Nullable CopyBoth copy;

    SessionPhase(FrontendConnection connection, ReplicationSession session, ConnectedPeer peer, Mode mode) {
        this.connection = connection;
        this.session = session;
        this.peer = peer;
        this.mode = mode;
        this.commandBytes = connection.server().options.limits().commandBytes();
    }

    private enum State {
        /** A command may come. */
        IDLE,
        /** After an error in the extended protocol, until the client says Sync. */
        SKIPPING,
        /** The answer to a command is under way. */
        EXECUTING,
        /** A stream is open. */
        STREAMING
    }

    @Override
    public int inputLimit() {
        return commandBytes + Frames.HEADER_BYTES;
    }

    @Override
    public boolean take(ByteBuf input) {
        CopyBoth streaming = copy;
        if (state == State.STREAMING && streaming != null) {
            return streaming.take(input);
        }
        return state != State.EXECUTING && connection.channel().isWritable() && takeCommand(input);
    }

    private boolean takeCommand(ByteBuf input) {
        int type = Frames.type(input);
        if (type < 0) {
            return false;
        }
        ByteBuf body = switch (type) {
            case 'Q', 'P', 'B', 'F', 'd' -> Frames.take(input, commandBytes, tooLong());
            case 'X', 'S', 'H', 'D', 'E', 'C', 'c', 'f' ->
                Frames.take(input, SMALL_MESSAGE_BYTES, Frames.TooLong.INVALID_LENGTH);
            default -> throw new ProtocolViolationException("invalid frontend message type %d".formatted(type));
        };
        if (body == null) {
            return false;
        }
        handle((char) type, body);
        return true;
    }

    private Frames.TooLong tooLong() {
        return new Frames.TooLong(
                SqlState.PROGRAM_LIMIT_EXCEEDED, "command longer than %d bytes".formatted(commandBytes));
    }

    private void handle(char type, ByteBuf body) {
        if (type == 'X') {
            connection.close(CloseReason.TERMINATED_BY_PEER);
        } else if (type == 'S') {
            state = State.IDLE;
            connection.writeAndFlush(BackendMessages.readyForQuery());
        } else if (state != State.SKIPPING) {
            handleUnlessSkipping(type, body);
        }
    }

    private void handleUnlessSkipping(char type, ByteBuf body) {
        switch (type) {
            case 'Q' -> query(body);
            case 'F' -> refuse("fastpath function calls not supported in a replication connection", State.IDLE);
            case 'P', 'B', 'D', 'E', 'C' ->
                refuse("extended query protocol not supported in a replication connection", State.SKIPPING);
            default -> {
                // Flush has nothing to do. What is left of a COPY that has ended is ignored, as PostgreSQL does.
            }
        }
    }

    private void refuse(String message, State next) {
        state = next;
        session.commandRefused();
        ErrorFields fields = ErrorFields.error(SqlState.PROTOCOL_VIOLATION, message);
        connection.writeAndFlush(
                next == State.IDLE ? BackendMessages.errorAndReady(fields) : BackendMessages.error(fields));
    }

    private void query(ByteBuf body) {
        int bytes = body.bytesBefore((byte) 0);
        if (bytes < 0 || bytes + 1 != body.readableBytes()) {
            refuse(bytes < 0 ? "invalid string in message" : "invalid message format", State.IDLE);
            return;
        }
        byte[] text = new byte[bytes];
        body.readBytes(text);
        ReplicationCommand command;
        try {
            command = mode == Mode.SQL
                    ? new ReplicationCommand.Sql(new String(text, StandardCharsets.UTF_8))
                    : ReplicationCommandParser.parse(
                            text, connection.server().service.serverMajor());
        } catch (ServerErrorException e) {
            session.commandRefused();
            connection.writeAndFlush(BackendMessages.errorAndReady(e.fields()));
            return;
        }
        state = State.EXECUTING;
        session.execute(command, new CommandReply(connection, this));
    }

    /** Opens a stream; its answer goes on when both sides have ended it. */
    void beginCopy(WalStream stream) {
        CopyBoth begun = new CopyBoth(connection, session, stream, this::copyEnded);
        copy = begun;
        state = State.STREAMING;
        peer.onWake(begun::pump);
        connection.writeAndFlush(BackendMessages.copyBothResponse());
        begun.pump();
        connection.proceed();
    }

    private void copyEnded() {
        leaveCopy(State.EXECUTING);
    }

    private void leaveCopy(State next) {
        CopyBoth ended = copy;
        if (ended != null) {
            ended.stop();
            copy = null;
            peer.onWake(null);
        }
        state = next;
    }

    /** The answer is complete, or ended in an error. */
    void commandEnded() {
        leaveCopy(State.IDLE);
        connection.proceed();
    }

    @Override
    public void writable() {
        CopyBoth streaming = copy;
        if (streaming != null) {
            streaming.pump();
        }
    }

    @Override
    public void closed(CloseReason reason) {
        leaveCopy(State.EXECUTING);
        session.closed(reason);
    }
}
