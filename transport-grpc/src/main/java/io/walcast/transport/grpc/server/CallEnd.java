// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.walcast.core.error.ErrorFields;
import io.walcast.transport.grpc.wire.ErrorMessages;
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

    private final ServerContext server;
    private final Turns turns;
    private final ServerCall<?, ?> call;
    private final @Nullable CallCut cut = CallCut.KEY.get();
    private final @Nullable Connection connection;
    private @Nullable Runnable lastWord;
    private @Nullable Future<?> patience;
    private boolean isEnding;
    private boolean isCompleted;

    /** Makes it for a call whose listener is being made. */
    CallEnd(ServerContext server, Turns turns, ServerCall<?, ?> call, @Nullable Connection connection) {
        this.server = server;
        this.turns = turns;
        this.call = call;
        this.connection = connection;
        if (connection != null) {
            connection.callBegan();
        }
    }

    /** Ends it well. */
    void ok() {
        say(Status.OK, new Metadata());
    }

    /** Ends it with an error of PostgreSQL's. */
    void error(ErrorFields fields) {
        StatusRuntimeException failure = ErrorMessages.status(fields);
        Metadata trailers = failure.getTrailers();
        say(failure.getStatus(), trailers == null ? new Metadata() : trailers);
    }

    /** Ends it with a status. */
    void say(Status status, Metadata trailers) {
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

    /** Tells that gRPC is done with it. */
    void completed() {
        if (isCompleted) {
            return;
        }
        isCompleted = true;
        Future<?> pending = patience;
        if (pending != null) {
            pending.cancel(false);
        }
        if (connection != null) {
            connection.callEnded();
        }
    }
}
