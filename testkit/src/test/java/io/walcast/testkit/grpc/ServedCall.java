// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.grpc;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.walcast.auth.AccessRequest;
import io.walcast.auth.AuthMethod;
import io.walcast.command.ReplicationCommandParser;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.protocol.StandbyMessageCodec;
import io.walcast.testkit.standby.FromServer;
import io.walcast.testkit.standby.StandbyLogin;
import io.walcast.testkit.transport.ServedSession;
import io.walcast.testkit.transport.SessionOutlet;
import io.walcast.transport.CloseReason;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.ReplicationService;
import io.walcast.transport.ReplicationSession;
import io.walcast.transport.SessionRequest;
import io.walcast.transport.WalChunk;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The server's side of one call. Threading: gRPC calls the listener's methods one at a time, the rest is done in turns. */
final class ServedCall extends ServerCall.Listener<byte[]> implements SessionOutlet {
    private final ServerCall<byte[], byte[]> call;
    private final Turns turns;
    private final ReplicationService service;
    private final boolean isOneTooMany;
    private final Consumer<ServedCall> onClose;
    private final ServedSession session;
    private boolean isBegun;
    private boolean isFinished;

    ServedCall(
            ServerCall<byte[], byte[]> call,
            Turns turns,
            ReplicationService service,
            boolean isOneTooMany,
            Consumer<ServedCall> onClose) {
        this.call = call;
        this.turns = turns;
        this.service = service;
        this.isOneTooMany = isOneTooMany;
        this.onClose = onClose;
        this.session = new ServedSession(turns, this, () -> onClose.accept(this));
    }

    @Override
    public void onMessage(byte[] frame) {
        turns.execute(() -> {
            if (!isFinished) {
                take(frame);
                call.request(1);
            }
        });
    }

    private void take(byte[] frame) {
        try {
            if (isBegun) {
                session.post(() -> handle(frame));
            } else {
                begin(Greeting.startup(frame));
            }
        } catch (ServerErrorException e) {
            send(new FromServer.Failed(e.fields()));
            close(CloseReason.ENDED_BY_SERVER);
        } catch (IOException | RuntimeException e) {
            close(CloseReason.PROTOCOL_VIOLATION);
        }
    }

    private void begin(StandbyLogin login) {
        InetSocketAddress client = (InetSocketAddress) call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        String database = login.mode() == Mode.PHYSICAL ? null : login.database();
        AccessRequest request =
                new AccessRequest(client == null ? null : client.getAddress(), false, login.user(), database);
        if (service.access().decide(request).method() != AuthMethod.TRUST) {
            throw fatal(
                    SqlState.INVALID_AUTHORIZATION, "pg_hba.conf rejects connection for user \"" + login.user() + "\"");
        } else if (isOneTooMany) {
            throw fatal(SqlState.TOO_MANY_CONNECTIONS, "sorry, too many clients already");
        }
        ReplicationSession opened = service.open(
                new SessionRequest(
                        login.mode(),
                        login.user(),
                        login.database(),
                        login.parameters(),
                        GrpcTransport.NAME,
                        client,
                        null,
                        null),
                session);
        session.begin(opened);
        isBegun = true;
        call.sendMessage(Greeting.begun(new Greeting.Begun(opened.pid(), opened.parameters())));
    }

    private static ServerErrorException fatal(SqlState state, String message) {
        return new ServerErrorException(new ErrorFields("FATAL", state, message, null, null));
    }

    private void handle(byte[] frame) {
        ByteBuffer body = Frames.body(frame);
        try {
            switch (Frames.tag(frame)) {
                case Frames.COMMAND -> command(body);
                case Frames.COPY_DATA -> session.message(StandbyMessageCodec.decode(body));
                case Frames.COPY_DONE -> session.copyDone();
                case Frames.CANCEL -> session.cancelCommand();
                default -> session.close(CloseReason.PROTOCOL_VIOLATION);
            }
        } catch (ProtocolViolationException e) {
            session.close(CloseReason.PROTOCOL_VIOLATION);
        }
    }

    private void command(ByteBuffer body) {
        byte[] text = new byte[body.remaining()];
        body.get(text);
        try {
            session.command(ReplicationCommandParser.parse(text, service.serverMajor()));
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

    CompletableFuture<Void> listenerClosed() {
        CompletableFuture<Void> told = new CompletableFuture<>();
        turns.execute(() -> {
            close(CloseReason.LISTENER_CLOSED);
            told.complete(null);
        });
        return told;
    }

    private void close(CloseReason reason) {
        if (isBegun) {
            session.close(reason);
        } else {
            finish();
            onClose.accept(this);
        }
    }

    @Override
    public void send(FromServer message) {
        call.sendMessage(Frames.encode(message));
    }

    /** The message is copied before this returns. */
    @Override
    public void send(WalChunk chunk) {
        call.sendMessage(Frames.wal(chunk));
        chunk.close();
    }

    @Override
    public boolean hasRoom() {
        return call.isReady();
    }

    @Override
    public void finish() {
        if (!isFinished) {
            isFinished = true;
            call.close(Status.OK, new Metadata());
        }
    }
}
