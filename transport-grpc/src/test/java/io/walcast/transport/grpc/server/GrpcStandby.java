// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.walcast.command.ReplicationCommand;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.testkit.standby.FromServer;
import io.walcast.testkit.standby.ScriptedStandby;
import io.walcast.transport.grpc.v1.Begun;
import io.walcast.transport.grpc.v1.Cancel;
import io.walcast.transport.grpc.v1.CopyDone;
import io.walcast.transport.grpc.v1.ParameterStatus;
import io.walcast.transport.grpc.v1.SessionRequest;
import io.walcast.transport.grpc.v1.SessionResponse;
import io.walcast.transport.grpc.wire.ErrorMessages;
import io.walcast.transport.grpc.wire.StandbyMessages;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A standby over gRPC, on a connection of its own. One owner thread. */
final class GrpcStandby implements ScriptedStandby {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Field 2 has a length that goes beyond the end of the message. */
    private static final byte[] MALFORMED = {0x12, 0x7F, 0x01};

    private final ClientCalls call;
    private final Begun begun;
    private boolean isFailureTold;

    private GrpcStandby(ClientCalls call, Begun begun) {
        this.call = call;
        this.begun = begun;
    }

    /** Begins a session on a channel, which is its own from now on. */
    static GrpcStandby begin(ManagedChannel channel, Metadata headers, SessionRequest begin) {
        ClientCalls call = new ClientCalls(channel, headers);
        call.send(begin);
        SessionResponse first = call.poll(PATIENCE);
        if (first != null && first.hasBegun()) {
            return new GrpcStandby(call, first.getBegun());
        }
        ClientCalls.End end = call.end();
        call.cut();
        Optional<ErrorFields> fields =
                end == null ? Optional.empty() : ErrorMessages.fields(end.status(), end.trailers());
        if (fields.isPresent()) {
            throw new ServerErrorException(fields.get());
        }
        throw new IllegalStateException("no session but " + first + ", " + end);
    }

    @Override
    public int pid() {
        return begun.getPid();
    }

    @Override
    public Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (ParameterStatus parameter : begun.getParametersList()) {
            parameters.put(parameter.getName(), parameter.getValue());
        }
        return parameters;
    }

    @Override
    public void send(ReplicationCommand command) {
        call.send(RequestMessages.command(command));
    }

    @Override
    public void send(StandbyMessage message) {
        call.send(StandbyMessages.request(message));
    }

    /** Sends what no standby would. */
    void send(SessionRequest request) {
        call.send(request);
    }

    @Override
    public void copyDone() {
        call.send(SessionRequest.newBuilder()
                .setCopyDone(CopyDone.getDefaultInstance())
                .build());
    }

    @Override
    public void cancel() {
        call.send(SessionRequest.newBuilder()
                .setCancel(Cancel.getDefaultInstance())
                .build());
    }

    @Override
    public boolean sendGarbage() {
        call.send(MALFORMED);
        return true;
    }

    @Override
    public boolean sendMalformedCommand() {
        call.send(RequestMessages.text("IDENTIFY_SYSTEM nonsense"));
        return true;
    }

    @Override
    public void terminate() {
        call.terminate();
    }

    @Override
    public void cut() {
        call.cut();
    }

    @Override
    public @Nullable FromServer poll(Duration limit) {
        SessionResponse response = call.poll(limit);
        if (response != null) {
            return Answers.decode(response);
        }
        ClientCalls.End end = call.end();
        if (end == null) {
            return null;
        }
        Optional<ErrorFields> fields =
                isFailureTold ? Optional.empty() : ErrorMessages.fields(end.status(), end.trailers());
        isFailureTold = true;
        return fields.isPresent() ? new FromServer.Failed(fields.get()) : new FromServer.Closed();
    }

    /** Returns how the session has ended. */
    ClientCalls.@Nullable End end() {
        return call.end();
    }

    @Override
    public void close() {
        cut();
    }
}
