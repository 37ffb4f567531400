// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import static java.util.Objects.requireNonNull;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.StatusRuntimeException;
import io.walcast.command.ReplicationCommand;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.SqlState;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.grpc.v1.Begin;
import io.walcast.transport.grpc.v1.Begun;
import io.walcast.transport.grpc.v1.ParameterStatus;
import io.walcast.transport.grpc.v1.SessionRequest;
import io.walcast.transport.grpc.v1.SessionResponse;
import io.walcast.transport.grpc.wire.Compression;
import io.walcast.transport.grpc.wire.ErrorMessages;
import io.walcast.transport.grpc.wire.SentFrame;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code Session}: its begin, its end, and what goes wrong in between. One message is read at a time, when the
 * one before was taken, so that a peer that floods gets no more than its share.
 *
 * <p>Threading: gRPC's callbacks are done in the call's turns, as is all else.
 */
final class SessionCall extends ServerCall.Listener<Inbound<SessionRequest>> implements ServedCall {
    private final ServerContext server;
    private final ServerCall<Inbound<SessionRequest>, SentFrame> call;
    private @Nullable Metadata headers;
    private final Caller caller;
    private final Turns turns;
    private final Entry entry;
    private final CallEnd end;
    private final SessionOutlet outlet;
    private final Runnable readyTask = this::ready;
    private @Nullable ServedSession session;
    private boolean isBegun;
    private boolean isServing;
    private boolean isOver;
    private boolean isListenerClosed;

    private SessionCall(
            ServerContext server,
            ServerCall<Inbound<SessionRequest>, SentFrame> call,
            Metadata headers,
            Compression compression) {
        this.server = server;
        this.call = call;
        this.headers = headers;
        this.caller = Caller.of(call);
        this.turns = new Turns(server.threads.sessions());
        this.entry = new Entry(server, turns, caller);
        this.end = new CallEnd(server, turns, call, caller.connection());
        this.outlet = new SessionOutlet(call, compression);
    }

    /** Takes a call and waits for its first message. */
    static ServerCall.Listener<Inbound<SessionRequest>> start(
            ServerContext server, ServerCall<Inbound<SessionRequest>, SentFrame> call, Metadata headers) {
        call.setOnReadyThreshold(server.options.limits().sendBufferBytes());
        Compression compression;
        try {
            compression = server.settings.compression().answer(headers.get(Compression.WANTED));
        } catch (ConfigurationException e) {
            StatusRuntimeException refused = ErrorMessages.status(new ErrorFields(
                    "FATAL", SqlState.INVALID_PARAMETER_VALUE, String.valueOf(e.getMessage()), null, null));
            Metadata trailers = refused.getTrailers();
            call.close(refused.getStatus(), trailers == null ? new Metadata() : trailers);
            return new ServerCall.Listener<>() {};
        }
        SessionCall started = new SessionCall(server, call, headers, compression);
        server.calls.add(started);
        if (started.end.isTooLate()) {
            started.run(started::tooLate);
            return started;
        }
        if (server.isClosing) {
            started.listenerClosed();
        }
        started.entry.limit(() -> started.guarded(started::tooLate));
        call.request(1);
        return started;
    }

    private void tooLate() {
        end.handshakeTimeout();
        close(CloseReason.ENDED_BY_SERVER);
    }

    SessionOutlet outlet() {
        return outlet;
    }

    @Override
    public void onMessage(Inbound<SessionRequest> message) {
        run(() -> take(message));
    }

    private void take(Inbound<SessionRequest> inbound) {
        SessionRequest request = inbound.message();
        ServedSession serving = session;
        if (request == null) {
            server.log.closed(caller.address(), SqlState.PROTOCOL_VIOLATION, "malformed message");
            end.unreadable(inbound.failure());
            close(CloseReason.PROTOCOL_VIOLATION);
        } else if (isServing && serving != null) {
            serving.take(request);
            if (serving.wantsMore()) {
                readMore();
            }
        } else if (request.hasBegin() && !isBegun) {
            isBegun = true;
            begin(request.getBegin());
        } else {
            throw new ProtocolViolationException("the first message is not Begin");
        }
    }

    /** Has the next message come. */
    void readMore() {
        if (!isOver) {
            call.request(1);
        }
    }

    private void begin(Begin begin) {
        Metadata came = requireNonNull(headers);
        headers = null; // a secret may be among them
        LoginRequest login = LoginRequest.of(begin, came, caller, server.service.access());
        entry.begin(
                login,
                new CalledPeer(this),
                opened -> opened(opened, login.mode(), begin.getSystemIdentifier()),
                this::leave,
                this::guarded);
    }

    private void opened(ReplicationSession opened, Mode mode, long expectedSystem) {
        ServedSession serving = new ServedSession(this, outlet, opened, mode, server);
        session = serving;
        if (expectedSystem == 0) {
            serve(opened);
            return;
        }
        serving.execute(new ReplicationCommand.IdentifySystem(), new IdentityReply(this, expectedSystem, () -> {
            serving.stop();
            ServedSession afresh = new ServedSession(this, outlet, opened, mode, server);
            session = afresh;
            serve(opened);
        }));
    }

    private void serve(ReplicationSession opened) {
        Begun.Builder begun = Begun.newBuilder().setPid(opened.pid());
        opened.parameters()
                .forEach((name, value) -> begun.addParameters(
                        ParameterStatus.newBuilder().setName(name).setValue(value)));
        isServing = true;
        outlet.open();
        outlet.send(SessionResponse.newBuilder().setBegun(begun));
        readMore();
    }

    @Override
    public void onHalfClose() {
        run(() -> {
            end.ok();
            close(CloseReason.TERMINATED_BY_PEER);
        });
    }

    @Override
    public void onReady() {
        turns.execute(readyTask);
    }

    private void ready() {
        if (isOver) {
            end.ready();
        } else {
            guarded(this::goOn);
        }
    }

    /** There is room, or something to send. */
    void goOn() {
        ServedSession serving = session;
        if (isServing && serving != null) {
            serving.goOn();
        }
    }

    /** Sends a message that is part of no answer, once the session has begun. */
    void sendAside(SessionResponse.Builder message) {
        if (isServing) {
            outlet.send(message);
        }
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

    /** Runs {@code work} in a turn; not at all if the call is over then. Any thread. */
    void run(Runnable work) {
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

    /** Ends the session with {@code fields}, of severity FATAL, as the last word. */
    void leave(ErrorFields fields) {
        end.error(fields);
        close(CloseReason.ENDED_BY_SERVER);
    }

    /** Ends the session in good order. */
    void leave() {
        end.ok();
        close(CloseReason.ENDED_BY_SERVER);
    }

    /** Ends the session without a word; what was sent of a stream that both sides have ended still arrives. */
    void drop(CloseReason reason) {
        ServedSession serving = session;
        if (serving != null && serving.hasEndedCopy()) {
            end.ok(); // the peer has said its last word and may read what it was sent
        } else {
            end.cut();
        }
        close(reason);
    }

    private void close(CloseReason reason) {
        if (isOver) {
            return;
        }
        isOver = true;
        outlet.shut();
        ServedSession serving = session;
        if (serving != null) {
            serving.stop();
        }
        try {
            entry.leave(reason);
        } catch (RuntimeException | Error e) {
            server.log.failure(caller.address(), e);
        }
    }
}
