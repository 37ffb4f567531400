// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.testkit.standby.FromServer;
import io.walcast.testkit.transport.ServedSession;
import io.walcast.testkit.transport.SessionOutlet;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.ReplicationService;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.WalChunk;
import io.walcast.transport.grpc.v1.Begin;
import io.walcast.transport.grpc.v1.Begun;
import io.walcast.transport.grpc.v1.ParameterStatus;
import io.walcast.transport.grpc.v1.SessionRequest;
import io.walcast.transport.grpc.v1.SessionResponse;
import io.walcast.transport.grpc.wire.CommandMessages;
import io.walcast.transport.grpc.wire.ErrorMessages;
import io.walcast.transport.grpc.wire.SentFrame;
import io.walcast.transport.grpc.wire.StandbyMessages;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one call, as simple as can be. Threading: gRPC calls the listener's methods one at a time, the rest
 * is done in turns.
 */
final class ServedCall extends ServerCall.Listener<SessionRequest> implements SessionOutlet {
    private final ServerCall<SessionRequest, SentFrame> call;
    private final Turns turns;
    private final ReplicationService service;
    private final ServedSession session;
    private boolean isBegun;
    private boolean isFinished;
    private @Nullable ErrorFields fatal;

    ServedCall(ServerCall<SessionRequest, SentFrame> call, Turns turns, ReplicationService service) {
        this.call = call;
        this.turns = turns;
        this.service = service;
        this.session = new ServedSession(turns, this, () -> {});
    }

    @Override
    public void onMessage(SessionRequest request) {
        turns.execute(() -> {
            if (!isFinished) {
                take(request);
                call.request(1);
            }
        });
    }

    private void take(SessionRequest request) {
        try {
            if (isBegun) {
                session.post(() -> handle(request));
            } else {
                begin(request.getBegin());
            }
        } catch (ServerErrorException e) {
            fatal = e.fields();
            close(CloseReason.ENDED_BY_SERVER);
        }
    }

    private void begin(Begin begin) {
        InetSocketAddress client = (InetSocketAddress) call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        ReplicationSession opened = service.open(
                new io.walcast.transport.SessionRequest(
                        Mode.PHYSICAL, begin.getUser(), null, begin.getParametersMap(), "grpc", client, null, null),
                session);
        session.begin(opened);
        isBegun = true;
        Begun.Builder begun = Begun.newBuilder().setPid(opened.pid());
        opened.parameters()
                .forEach((name, value) -> begun.addParameters(
                        ParameterStatus.newBuilder().setName(name).setValue(value)));
        call.sendMessage(new SentFrame.Message(
                SessionResponse.newBuilder().setBegun(begun).build()));
    }

    private void handle(SessionRequest request) {
        switch (request.getMessageCase()) {
            case COMMAND -> command(request);
            case STATUS_UPDATE -> session.message(StandbyMessages.message(request.getStatusUpdate()));
            case HOT_STANDBY_FEEDBACK -> session.message(StandbyMessages.message(request.getHotStandbyFeedback()));
            case COPY_DONE -> session.copyDone();
            case CANCEL -> session.cancelCommand();
            case BEGIN, MESSAGE_NOT_SET -> session.close(CloseReason.PROTOCOL_VIOLATION);
        }
    }

    private void command(SessionRequest request) {
        try {
            session.command(CommandMessages.command(request.getCommand(), service.serverMajor()));
        } catch (ServerErrorException e) {
            session.refuseCommand(e.fields());
        }
    }

    @Override
    public void onHalfClose() {
        turns.execute(() -> close(CloseReason.TERMINATED_BY_PEER));
    }

    @Override
    public void onCancel() {
        turns.execute(() -> close(CloseReason.CONNECTION_LOST));
    }

    @Override
    public void onReady() {
        session.wake();
    }

    private void close(CloseReason reason) {
        if (isBegun) {
            session.close(reason);
        } else {
            finish();
        }
    }

    @Override
    public void send(FromServer message) {
        if (message instanceof FromServer.Failed failed
                && !failed.fields().severity().equals("ERROR")) {
            fatal = failed.fields();
        } else {
            call.setMessageCompression(false);
            call.sendMessage(new SentFrame.Message(ServedMessages.of(message)));
        }
    }

    @Override
    public void send(WalChunk chunk) {
        call.setMessageCompression(true);
        call.sendMessage(new SentFrame.Wal(chunk));
    }

    @Override
    public boolean hasRoom() {
        return call.isReady();
    }

    @Override
    public void finish() {
        if (isFinished) {
            return;
        }
        isFinished = true;
        ErrorFields last = fatal;
        if (last == null) {
            call.close(Status.OK, new Metadata());
        } else {
            StatusRuntimeException status = ErrorMessages.status(last);
            Metadata trailers = status.getTrailers();
            call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
        }
    }
}
