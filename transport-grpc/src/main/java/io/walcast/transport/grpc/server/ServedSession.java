// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.walcast.command.ReplicationCommand;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.WalStream;
import io.walcast.transport.grpc.v1.Command;
import io.walcast.transport.grpc.v1.CopyBoth;
import io.walcast.transport.grpc.v1.Ready;
import io.walcast.transport.grpc.v1.SessionRequest;
import io.walcast.transport.grpc.v1.SessionResponse;
import io.walcast.transport.grpc.wire.CommandMessages;
import io.walcast.transport.grpc.wire.ErrorMessages;
import io.walcast.transport.grpc.wire.StandbyMessages;
import org.jspecify.annotations.Nullable;

/**
 * A session: one command after the other ({@code PostgresMain}), and the stream of one that streams, both directions of it
 * ({@code ProcessRepliesIfAny}).
 *
 * <p>While a command is executed, and while the peer does not read, the next one waits, and no message after it is read.
 *
 * <p>Confined to the call's turns.
 */
final class ServedSession {
    private final SessionCall call;
    private final SessionOutlet outlet;
    private final ReplicationSession session;
    private final Mode mode;
    private final int serverMajor;
    private final int commandBytes;
    private State state = State.IDLE;
    private @Nullable Command waiting;
    private @Nullable WalStream stream;
    private @Nullable StreamPump pump;
    private boolean isPeerDone;
    private boolean hasEndedCopy;

    ServedSession(SessionCall call, SessionOutlet outlet, ReplicationSession session, Mode mode, ServerContext server) {
        this.call = call;
        this.outlet = outlet;
        this.session = session;
        this.mode = mode;
        this.serverMajor = server.service.serverMajor();
        this.commandBytes = server.options.limits().commandBytes();
    }

    private enum State {
        /** A command may come. */
        IDLE,
        /** The answer to a command is under way. */
        EXECUTING,
        /** A stream is open. */
        STREAMING
    }

    /** Takes a message. */
    void take(SessionRequest request) {
        switch (request.getMessageCase()) {
            case COMMAND -> takeCommand(request.getCommand());
            case CANCEL -> session.cancelCommand();
            case COPY_DONE -> peerCopyDone();
            case STATUS_UPDATE -> received(StandbyMessages.message(request.getStatusUpdate()));
            case HOT_STANDBY_FEEDBACK -> received(StandbyMessages.message(request.getHotStandbyFeedback()));
            case BEGIN ->
                throw new ServerErrorException(new ErrorFields(
                        "FATAL", SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "Begin sent twice", null, null));
            case MESSAGE_NOT_SET -> {
                // What is not known is ignored.
            }
        }
    }

    /** Returns whether the next message may come: it would wait behind a command that waits. */
    boolean wantsMore() {
        return waiting == null;
    }

    private void takeCommand(Command command) {
        if (state == State.STREAMING && !isPeerDone) {
            throw new ProtocolViolationException("a command within a stream");
        }
        if (command.getSerializedSize() > commandBytes) {
            throw new ProtocolViolationException(
                    SqlState.PROGRAM_LIMIT_EXCEEDED, "command longer than %d bytes".formatted(commandBytes));
        }
        waiting = command;
        executeNext();
    }

    /** Executes the command that waits, if it is its turn. */
    private void executeNext() {
        Command next = waiting;
        if (next == null || state != State.IDLE || !outlet.hasRoom()) {
            return;
        }
        waiting = null;
        ReplicationCommand command;
        try {
            command = mode == Mode.SQL && next.hasText()
                    ? new ReplicationCommand.Sql(next.getText())
                    : CommandMessages.command(next, serverMajor);
        } catch (ServerErrorException e) {
            session.commandRefused();
            failed(e.fields());
            return;
        }
        execute(command, new CommandReply(call, this));
    }

    /** Executes a command, whosever it is. */
    void execute(ReplicationCommand command, io.walcast.transport.Reply reply) {
        state = State.EXECUTING;
        hasEndedCopy = false;
        session.execute(command, reply);
    }

    private void failed(ErrorFields fields) {
        send(SessionResponse.newBuilder().setError(ErrorMessages.message(fields)));
        send(SessionResponse.newBuilder().setReady(Ready.getDefaultInstance()));
    }

    void send(SessionResponse.Builder message) {
        outlet.send(message);
    }

    /** Outside of a stream it means nothing: it was under way when the stream ended. */
    private void received(StandbyMessage message) {
        if (state == State.STREAMING && !isPeerDone) {
            session.received(message);
        }
    }

    private void peerCopyDone() {
        WalStream open = stream;
        if (open != null && !isPeerDone) {
            isPeerDone = true;
            open.peerCopyDone();
            pump();
        }
    }

    /** Opens a stream; its command's answer goes on when both sides have ended it. */
    void beginCopy(WalStream begun) {
        state = State.STREAMING;
        stream = begun;
        pump = new StreamPump(call, outlet, begun);
        isPeerDone = false;
        send(SessionResponse.newBuilder().setCopyBoth(CopyBoth.getDefaultInstance()));
        pump();
    }

    /** Returns whether the last command was a stream that both sides have ended. */
    boolean hasEndedCopy() {
        return hasEndedCopy;
    }

    /** Sends what there is, as far as the peer can take it. */
    private void pump() {
        StreamPump running = pump;
        if (running != null) {
            running.pump(this::pump);
            endIfDone();
        }
    }

    private void endIfDone() {
        StreamPump running = pump;
        WalStream open = stream;
        if (running != null && open != null && isPeerDone && running.isDone()) {
            leaveCopy(State.EXECUTING);
            hasEndedCopy = true;
            open.ended();
        }
    }

    private void leaveCopy(State next) {
        StreamPump running = pump;
        if (running != null) {
            running.stop();
        }
        pump = null;
        stream = null;
        state = next;
    }

    /** The answer is complete. */
    void commandEnded() {
        leaveCopy(State.IDLE);
        send(SessionResponse.newBuilder().setReady(Ready.getDefaultInstance()));
        goOn();
    }

    /** The answer has ended in an error. */
    void commandFailed(ErrorFields fields) {
        leaveCopy(State.IDLE);
        if (fields.severity().equals("ERROR")) {
            failed(fields);
            goOn();
        } else {
            call.leave(fields);
        }
    }

    /** There is room, or something to send. */
    void goOn() {
        if (pump != null) {
            pump();
        } else if (waiting != null) {
            executeNext();
            if (waiting == null) {
                call.readMore();
            }
        }
    }

    /** Asks for nothing more. */
    void stop() {
        leaveCopy(State.EXECUTING);
        waiting = null;
    }
}
