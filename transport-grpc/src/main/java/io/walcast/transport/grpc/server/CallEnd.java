// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.SqlState;
import io.walcast.transport.grpc.wire.ErrorMessages;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The end of a call: a last word, for which a peer that does not read is given some time, or none.
 *
 * <p>Confined to the call's turns.
 */
final class CallEnd {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(5);

    /** How long a listener that is being closed waits for last words. */
    private static final long LAST_WORD_MS = 1_000;

    private final ServerContext server;
    private final Turns turns;
    private final ServerCall<?, ?> call;
    private final @Nullable CallCut cut = CallCut.KEY.get();
    private final @Nullable Connection connection;
    private @Nullable Runnable lastWord;
    private @Nullable Future<?> patience;
    private final boolean isCounted;
    private boolean isEnding;
    private final CompletableFuture<Void> completion = new CompletableFuture<>();
    private boolean isCompleted;

    /** Makes it for a call whose listener is being made. */
    CallEnd(ServerContext server, Turns turns, ServerCall<?, ?> call, @Nullable Connection connection) {
        this.server = server;
        this.turns = turns;
        this.call = call;
        this.connection = connection;
        this.isCounted = connection != null && connection.callBegan();
    }

    /** Returns whether the call comes too late on its connection, and is to end at once. */
    boolean isTooLate() {
        return connection != null && !isCounted;
    }

    /** Ends it since the time for a login is over. */
    void handshakeTimeout() {
        StatusRuntimeException failure = ErrorMessages.status(
                Status.Code.DEADLINE_EXCEEDED,
                new ErrorFields("FATAL", SqlState.QUERY_CANCELED, "handshake timeout", null, null));
        say(failure);
    }

    /** Ends it well. */
    void ok() {
        say(Status.OK, new Metadata());
    }

    /** Ends it with an error of PostgreSQL's. */
    void error(ErrorFields fields) {
        say(ErrorMessages.status(fields));
    }

    private void say(StatusRuntimeException failure) {
        Metadata trailers = failure.getTrailers();
        say(failure.getStatus(), trailers == null ? new Metadata() : trailers);
    }

    /** Ends it since a message could not be read. */
    void unreadable(Status failure) {
        SqlState state = failure.getCode() == Status.Code.RESOURCE_EXHAUSTED
                ? SqlState.PROGRAM_LIMIT_EXCEEDED
                : SqlState.PROTOCOL_VIOLATION;
        error(new ErrorFields("FATAL", state, String.valueOf(failure.getDescription()), null, null));
    }

    private void say(Status status, Metadata trailers) {
        if (isEnding) {
            return;
        }
        isEnding = true;
        Runnable word = () -> call.close(status, trailers);
        if (call.isReady()) {
            word.run();
        } else {
            lastWord = word;
        }
        patience = server.threads.schedule(() -> turns.execute(this::impatient), PATIENCE_NS);
    }

    /** Tells that there is room. */
    void ready() {
        Runnable word = lastWord;
        if (word != null && call.isReady()) {
            lastWord = null;
            word.run();
        }
    }

    private void impatient() {
        if (!isCompleted) {
            cut();
        }
    }

    /** Ends it without a word. */
    void cut() {
        isEnding = true;
        lastWord = null;
        if (cut != null) {
            cut.cut();
        }
    }

    /** Returns what completes when gRPC is done with it, or a peer has not read the last word for too long. */
    CompletableFuture<Void> completion() {
        return completion.copy().completeOnTimeout(null, LAST_WORD_MS, TimeUnit.MILLISECONDS);
    }

    /** Tells that gRPC is done with it. */
    void completed() {
        if (isCompleted) {
            return;
        }
        isCompleted = true;
        completion.complete(null);
        Future<?> pending = patience;
        if (pending != null) {
            pending.cancel(false);
        }
        if (connection != null && isCounted) {
            connection.callEnded();
        }
    }
}
