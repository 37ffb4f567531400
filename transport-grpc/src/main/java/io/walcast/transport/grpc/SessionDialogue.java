// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.transport.client.CommandAnswers;
import io.walcast.transport.client.Deadline;
import io.walcast.transport.client.QueryResult;
import io.walcast.transport.client.ServerParameters;
import io.walcast.transport.grpc.v1.Command;
import io.walcast.transport.grpc.v1.ParameterStatus;
import io.walcast.transport.grpc.v1.SessionRequest;
import io.walcast.transport.grpc.v1.SessionResponse;
import io.walcast.transport.grpc.wire.ErrorMessages;
import io.walcast.transport.grpc.wire.ReceivedFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Commands and their answers: one command out, its results back, until the server is ready again; and the messages that
 * may come at any time.
 *
 * <p>Threading: confined to the owner.
 */
final class SessionDialogue {
    /** A history file of the largest size, and as much again. */
    static final long LARGEST_ANSWER_BYTES = CommandAnswers.LARGEST_HISTORY_BYTES + (1 << 20);

    private static final long LARGEST_NOTICES_BYTES = 1 << 20;
    private static final int MESSAGE_OVERHEAD_BYTES = 64;

    private final SessionCall call;
    private final ServerParameters parameters;
    private final Consumer<ErrorFields> noticeListener;
    private long noticeBytes;
    private boolean readyOwed;

    SessionDialogue(SessionCall call, ServerParameters parameters, Consumer<ErrorFields> noticeListener) {
        this.call = call;
        this.parameters = parameters;
        this.noticeListener = noticeListener;
    }

    /** What a command brought: its results, and whether it ended in CopyBoth instead of Ready. */
    record Outcome(List<QueryResult> results, boolean copyBoth) {}

    SessionCall call() {
        return call;
    }

    /** The stream ended with an error; the server says Ready next. */
    void oweReady() {
        readyOwed = true;
    }

    /**
     * Sends {@code command} and collects its results.
     *
     * @throws ServerErrorException if the server reports an error; unless that is the end of the session, it is ready for
     *     another command then
     */
    Outcome run(Command command, AnswerLimit limit, Deadline deadline) {
        String what = CommandNames.name(command);
        call.checkMayGoOn(deadline, what);
        noticeBytes = 0;
        while (readyOwed) {
            readyOwed = await(deadline, what).getMessageCase() != SessionResponse.MessageCase.READY;
        }
        call.send(SessionRequest.newBuilder().setCommand(command).build());
        return collect(what, limit, false, deadline);
    }

    /** Collects what follows a stream until the server is ready; with {@code dropStream}, what is left of it is passed over. */
    Outcome collectAfterStream(boolean dropStream, Deadline deadline) {
        noticeBytes = 0;
        return collect("end of streaming", new AnswerLimit(LARGEST_ANSWER_BYTES), dropStream, deadline);
    }

    private Outcome collect(String what, AnswerLimit limit, boolean dropStream, Deadline deadline) {
        List<QueryResult> results = new ArrayList<>();
        QueryResult.Builder open = new QueryResult.Builder();
        ServerErrorException error = null;
        while (true) {
            SessionResponse message = awaitOutsideOfStream(dropStream, deadline, what);
            limit.count(message);
            switch (message.getMessageCase()) {
                case ROW_DESCRIPTION -> open.columns(Rows.names(message.getRowDescription()));
                case DATA_ROW -> open.row(Rows.values(message.getDataRow()));
                case COMMAND_COMPLETE -> {
                    results.add(open.complete(message.getCommandComplete().getTag()));
                    open = new QueryResult.Builder();
                }
                case ERROR -> error = serverError(message);
                case COPY_BOTH -> {
                    return new Outcome(results, true);
                }
                case READY -> {
                    if (error != null) {
                        throw error;
                    }
                    return new Outcome(results, false);
                }
                default -> throw unexpected(message, "in answer to a command");
            }
        }
    }

    /** Returns an error to be thrown once the server is ready; one that is the end of the session is thrown at once. */
    private static ServerErrorException serverError(SessionResponse message) {
        ServerErrorException error = new ServerErrorException(ErrorMessages.fields(message.getError()));
        if (isFatal(error.fields())) {
            throw error;
        }
        return error;
    }

    /** Returns whether {@code fields} end the session, not only the command. */
    static boolean isFatal(ErrorFields fields) {
        return !fields.severity().equals("ERROR");
    }

    static ProtocolViolationException unexpected(SessionResponse message, String when) {
        return new ProtocolViolationException("unexpected message %s %s".formatted(message.getMessageCase(), when));
    }

    private SessionResponse awaitOutsideOfStream(boolean dropStream, Deadline deadline, String what) {
        while (true) {
            SessionResponse message = await(deadline, what);
            boolean ofStream = message.hasWalData() || message.hasKeepalive();
            if (!ofStream) {
                return message;
            }
            if (!dropStream) {
                throw unexpected(message, "outside of a stream");
            }
        }
    }

    /** Waits for the next message that is not an aside; of WAL, nothing but that it is WAL is left. */
    SessionResponse await(Deadline deadline, String what) {
        while (true) {
            call.resetArrival();
            ReceivedFrame frame = call.poll();
            if (frame == null) {
                if (call.isDry()) {
                    throw call.lost();
                }
                call.await(deadline, what);
                continue;
            }
            call.checkMayGoOn(deadline, what);
            SessionResponse message = dropWal(frame);
            if (!takeAside(message)) {
                return message;
            }
            countAside(message);
        }
    }

    private static SessionResponse dropWal(ReceivedFrame frame) {
        if (frame instanceof ReceivedFrame.Message message) {
            return message.response();
        }
        frame.release();
        return SessionResponse.newBuilder()
                .setWalData(io.walcast.transport.grpc.v1.WalData.getDefaultInstance())
                .build();
    }

    /** Deals with {@code message} if it is of a kind that may come at any time; returns whether it was. */
    boolean takeAside(SessionResponse message) {
        switch (message.getMessageCase()) {
            case NOTICE -> noticeListener.accept(ErrorMessages.fields(message.getNotice()));
            case PARAMETER_STATUS -> keep(message.getParameterStatus(), parameters);
            case MESSAGE_NOT_SET -> {} // of a newer server, which has to do without an answer
            default -> {
                return false;
            }
        }
        return true;
    }

    static void keep(ParameterStatus status, ServerParameters parameters) {
        parameters.put(status.getName(), status.getValue());
    }

    /** Only what comes instead of an answer has to end; a stream may last for years. */
    private void countAside(SessionResponse message) {
        noticeBytes += message.getSerializedSize() + MESSAGE_OVERHEAD_BYTES;
        if (noticeBytes > LARGEST_NOTICES_BYTES) {
            throw new ProtocolViolationException(
                    SqlState.PROGRAM_LIMIT_EXCEEDED, "notices in answer to one command longer than 1 MB");
        }
    }

    /** Returns a message that has come, or null. */
    @Nullable
    ReceivedFrame poll() {
        return call.poll();
    }
}
