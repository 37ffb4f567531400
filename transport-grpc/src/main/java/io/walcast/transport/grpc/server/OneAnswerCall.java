// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.walcast.command.ReplicationCommand;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.SessionPeer;
import io.walcast.transport.client.QueryResult;
import io.walcast.transport.grpc.wire.CommandMessages;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A call that is a session of one command. When its client gives it up, or its time is over, the session ends.
 *
 * <p>Threading: gRPC's callbacks are done in the call's turns, as is all else.
 */
final class OneAnswerCall<Q, A> extends ServerCall.Listener<Inbound<Q>> implements ServedCall, SessionPeer {
    private final ServerContext server;
    private final OneAnswer<Q, A> kind;
    private final ServerCall<Inbound<Q>, A> call;
    private final Metadata headers;
    private final Caller caller;
    private final Turns turns;
    private final Entry entry;
    private final CallEnd end;
    private @Nullable Q request;
    private boolean isOver;
    private boolean isListenerClosed;

    private OneAnswerCall(
            ServerContext server, OneAnswer<Q, A> kind, ServerCall<Inbound<Q>, A> call, Metadata headers) {
        this.server = server;
        this.kind = kind;
        this.call = call;
        this.headers = headers;
        this.caller = Caller.of(call);
        this.turns = new Turns(server.threads.sessions());
        this.entry = new Entry(server, turns, caller);
        this.end = new CallEnd(server, turns, call, caller.connection());
    }

    /** Takes a call and waits for its request. */
    static <Q, A> OneAnswerCall<Q, A> start(
            ServerContext server, OneAnswer<Q, A> kind, ServerCall<Inbound<Q>, A> call, Metadata headers) {
        OneAnswerCall<Q, A> started = new OneAnswerCall<>(server, kind, call, headers);
        server.calls.add(started);
        if (started.end.isTooLate()) {
            started.run(started::tooLate);
            return started;
        }
        if (server.isClosing) {
            started.listenerClosed();
        }
        started.entry.limit(() -> started.guarded(started::tooLate));
        call.request(2);
        return started;
    }

    private void tooLate() {
        end.handshakeTimeout();
        close(CloseReason.ENDED_BY_SERVER);
    }

    @Override
    public void onMessage(Inbound<Q> message) {
        run(() -> {
            Q read = message.message();
            if (read == null) {
                end.unreadable(message.failure());
                close(CloseReason.PROTOCOL_VIOLATION);
            } else if (request != null) {
                throw new ProtocolViolationException("more than one request");
            } else {
                request = read;
            }
        });
    }

    @Override
    public void onHalfClose() {
        run(() -> {
            Q read = request;
            if (read == null) {
                throw new ProtocolViolationException("no request");
            }
            entry.begin(
                    LoginRequest.of(headers, caller, server.service.access()),
                    this,
                    session -> execute(session, read),
                    this::fail,
                    this::guarded);
        });
    }

    private void execute(ReplicationSession session, Q read) {
        ReplicationCommand command =
                CommandMessages.command(kind.command().apply(read).build(), server.service.serverMajor());
        session.execute(
                command,
                new CollectedReply(results -> run(() -> answer(read, results)), fields -> run(() -> fail(fields))));
    }

    private void answer(Q read, List<QueryResult> results) {
        A message = kind.answer().apply(read, results);
        call.sendHeaders(new Metadata());
        call.sendMessage(message);
        end.ok();
        close(CloseReason.TERMINATED_BY_PEER);
    }

    private void fail(ErrorFields fields) {
        end.error(fields);
        close(CloseReason.ENDED_BY_SERVER);
    }

    @Override
    public void onReady() {
        turns.execute(end::ready);
    }

    @Override
    public void onCancel() {
        run(() -> close(CloseReason.CONNECTION_LOST));
        turns.execute(this::completed);
    }

    @Override
    public void onComplete() {
        turns.execute(this::completed);
    }

    private void completed() {
        server.calls.remove(this);
        end.completed();
    }

    @Override
    public CompletableFuture<Void> listenerClosed() {
        CompletableFuture<Void> told = new CompletableFuture<>();
        turns.execute(() -> {
            if (isOver && !isListenerClosed) {
                end.completion().thenRun(() -> told.complete(null));
                return;
            }
            isListenerClosed = true;
            guarded(() -> close(CloseReason.LISTENER_CLOSED));
            told.complete(null);
        });
        return told;
    }

    @Override
    public void wake() {
        // nothing streams
    }

    @Override
    public void notice(ErrorFields fields) {
        // there is no place for it in the answer
    }

    @Override
    public void parameterChanged(String name, String value) {
        // nor for this
    }

    @Override
    public void terminate(ErrorFields fields) {
        run(() -> fail(fields));
    }

    @Override
    public void drop() {
        run(() -> {
            end.cut();
            close(CloseReason.ENDED_BY_SERVER);
        });
    }

    private void run(Runnable work) {
        turns.execute(() -> guarded(work));
    }

    /** The outermost frame of everything that happens here. */
    private void guarded(Runnable work) {
        if (isOver) {
            return;
        }
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            Ending ending = Ending.of(e, server, caller);
            end.error(ending.fields());
            close(ending.reason());
        }
    }

    private void close(CloseReason reason) {
        if (isOver) {
            return;
        }
        isOver = true;
        try {
            entry.leave(reason);
        } catch (RuntimeException | Error e) {
            server.log.failure(caller.address(), e);
        }
    }
}
