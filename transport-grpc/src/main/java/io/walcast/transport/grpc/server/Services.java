// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.walcast.transport.grpc.v1.ReplicationGrpc;
import io.walcast.transport.grpc.v1.SessionRequest;
import io.walcast.transport.grpc.wire.SentFrame;
import io.walcast.transport.grpc.wire.SessionMethod;

/** What is served, by method. Stateless. */
final class Services {
    private static final MethodDescriptor<Inbound<SessionRequest>, SentFrame> SESSION = SessionMethod.SERVED.toBuilder(
                    new Inbound.Marshaller<>(SessionMethod.SERVED.getRequestMarshaller()),
                    SessionMethod.SERVED.getResponseMarshaller())
            .build();

    private Services() {}

    /** Returns the replication service. */
    static ServerServiceDefinition of(ServerContext server) {
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(ReplicationGrpc.SERVICE_NAME)
                .addMethod(SESSION, (call, headers) -> SessionCall.start(server, call, headers));
        OneAnswer.ALL.forEach(method -> add(method, server, service));
        return service.build();
    }

    private static <Q, A> void add(
            OneAnswer<Q, A> kind, ServerContext server, ServerServiceDefinition.Builder service) {
        MethodDescriptor<Inbound<Q>, A> method = kind.method().toBuilder(
                        new Inbound.Marshaller<>(kind.method().getRequestMarshaller()),
                        kind.method().getResponseMarshaller())
                .build();
        service.addMethod(method, (call, headers) -> OneAnswerCall.start(server, kind, call, headers));
    }

    /** Returns {@code service}, which is for strangers too. */
    static ServerServiceDefinition watched(BindableService service) {
        return ServerInterceptors.intercept(service, new ServerInterceptor() {
            @Override
            public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                Connection connection = call.getAttributes().get(Connection.KEY);
                if (connection != null) {
                    connection.watched();
                }
                return next.startCall(call, headers);
            }
        });
    }
}
