// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.transport.client.CommandAnswers;
import io.walcast.transport.client.Deadline;
import io.walcast.transport.client.QueryResult;
import io.walcast.transport.libpq.ServerSession.Frame;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The simple query protocol: one command out, its results back, until the server is ready again.
 *
 * <p>Threading: confined to the owner.
 */
final class SimpleQuery {
    /** A history file of the largest size, and as much again. */
    static final long LARGEST_ANSWER_BYTES = CommandAnswers.LARGEST_HISTORY_BYTES + (1 << 20);

    private static final int ROW_OVERHEAD_BYTES = 5;
    private static final int RESULT_OVERHEAD_BYTES = 64;

    private final ServerSession session;
    private boolean readyOwed;

    SimpleQuery(ServerSession session) {
        this.session = session;
    }

    /** Looks at a result while it arrives; what it throws makes the connection useless. */
    interface Inspector {
        /** A result that returns rows begins. */
        void columns(List<String> names);

        /** One of its rows. */
        void row(List<byte @Nullable []> values);

        /** Returns how long the whole answer may be. */
        default long largestAnswerBytes() {
            return LARGEST_ANSWER_BYTES;
        }

        /** What to say of one that is longer. */
        default String tooLong() {
            return "answer to a command longer than 2 MB";
        }

        /** Takes anything. */
        Inspector ANYTHING = new Inspector() {
            @Override
            public void columns(List<String> names) {}

            @Override
            public void row(List<byte @Nullable []> values) {}
        };
    }

    /** What a command brought: its results, and whether it ended in CopyBoth instead of ReadyForQuery. */
    record Outcome(List<QueryResult> results, boolean copyBoth) {}

    /** The stream ended with an error; the server says ReadyForQuery next. */
    void oweReady() {
        readyOwed = true;
    }

    /**
     * Sends {@code command} and collects its results.
     *
     * @throws ServerErrorException if the server reports an error; it is ready for another command then
     */
    Outcome run(String command, Inspector inspector, Deadline deadline) {
        if (readyOwed) {
            awaitReady(deadline, command);
        }
        session.beginCommand();
        session.wire().send(FrontendMessages.query(command));
        return collect(command, inspector, false, deadline);
    }

    /**
     * Collects what follows a stream until the server is ready. A walsender that was told to stop may still say
     * something of the stream behind its own CopyDone, a keepalive for example: {@code dropCopyData} passes over it.
     */
    Outcome collectAfterStream(boolean dropCopyData, Deadline deadline) {
        session.beginCommand();
        return collect("end of streaming", Inspector.ANYTHING, dropCopyData, deadline);
    }

    private Outcome collect(String what, Inspector inspector, boolean dropCopyData, Deadline deadline) {
        List<QueryResult> results = new ArrayList<>();
        QueryResult.Builder open = new QueryResult.Builder();
        ServerErrorException error = null;
        long bytes = 0;
        while (true) {
            Frame frame = session.awaitFrame(deadline, what);
            bytes += frame.type() == 'd' ? 0 : frame.body().remaining() + overheadBytes(frame.type());
            if (bytes > inspector.largestAnswerBytes()) {
                throw new ProtocolViolationException(SqlState.PROGRAM_LIMIT_EXCEEDED, inspector.tooLong());
            }
            switch (frame.type()) {
                case 'T' -> inspector.columns(open.columns(BackendMessages.rowDescription(frame.body())));
                case 'D' -> inspector.row(open.row(BackendMessages.dataRow(frame.body())));
                case 'C' -> {
                    results.add(open.complete(BackendMessages.commandComplete(frame.body())));
                    open = new QueryResult.Builder();
                }
                case 'I' -> results.add(open.complete(""));
                case 'E' -> error = session.serverError(frame.body());
                case 'W' -> {
                    return new Outcome(results, true);
                }
                case 'Z' -> {
                    session.forgetError();
                    if (error != null) {
                        throw error;
                    }
                    return new Outcome(results, false);
                }
                case 'd' -> {
                    if (!dropCopyData) {
                        throw new ProtocolViolationException("CopyData after CopyDone, or outside of COPY");
                    }
                }
                default -> throw frame.unexpected("in answer to a command");
            }
        }
    }

    /** What a frame costs besides its body: a row little, a result of its own several objects. */
    private static int overheadBytes(byte type) {
        return type == 'D' ? ROW_OVERHEAD_BYTES : RESULT_OVERHEAD_BYTES;
    }

    private void awaitReady(Deadline deadline, String what) {
        Frame frame = session.awaitFrame(deadline, what);
        if (frame.type() != 'Z') {
            throw frame.unexpected("after an error");
        }
        readyOwed = false;
    }
}
