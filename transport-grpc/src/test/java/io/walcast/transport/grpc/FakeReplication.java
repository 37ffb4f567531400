// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.walcast.transport.grpc.v1.Begin;
import io.walcast.transport.grpc.v1.Begun;
import io.walcast.transport.grpc.v1.ParameterStatus;
import io.walcast.transport.grpc.v1.ReplicationGrpc;
import io.walcast.transport.grpc.v1.SessionRequest;
import io.walcast.transport.grpc.v1.SessionResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/** A server that answers as a test wants it, out of order too. Safe for use from any thread. */
final class FakeReplication implements AutoCloseable {
    /** What a session begins with. */
    static final SessionResponse BEGUN = SessionResponse.newBuilder()
            .setBegun(Begun.newBuilder()
                    .setPid(7)
                    .addParameters(ParameterStatus.newBuilder()
                            .setName("server_version")
                            .setValue("18.1")))
            .build();

    private final List<Metadata> headers = new CopyOnWriteArrayList<>();
    private final List<Begin> begins = new CopyOnWriteArrayList<>();
    private final List<String> ends = new CopyOnWriteArrayList<>();
    private final Server server;

    private FakeReplication(
            BiConsumer<SessionRequest, StreamObserver<SessionResponse>> answer,
            UnaryOperator<NettyServerBuilder> change) {
        BindableService service = new ReplicationGrpc.ReplicationImplBase() {
            @Override
            public StreamObserver<SessionRequest> session(StreamObserver<SessionResponse> responses) {
                return new Requests(answer, responses);
            }
        };
        this.server = change.apply(
                        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                                .intercept(new HeaderKeeper())
                                .addService(service))
                .build();
    }

    /** Starts a server that calls {@code answer} for each message. */
    static FakeReplication start(BiConsumer<SessionRequest, StreamObserver<SessionResponse>> answer) {
        return start(answer, builder -> builder);
    }

    static FakeReplication start(
            BiConsumer<SessionRequest, StreamObserver<SessionResponse>> answer,
            UnaryOperator<NettyServerBuilder> change) {
        FakeReplication fake = new FakeReplication(answer, change);
        try {
            fake.server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return fake;
    }

    /** Begins each session. */
    static void begin(SessionRequest request, StreamObserver<SessionResponse> responses) {
        if (request.hasBegin()) {
            responses.onNext(BEGUN);
        }
    }

    private final class Requests implements StreamObserver<SessionRequest> {
        private final BiConsumer<SessionRequest, StreamObserver<SessionResponse>> answer;
        private final StreamObserver<SessionResponse> responses;

        Requests(
                BiConsumer<SessionRequest, StreamObserver<SessionResponse>> answer,
                StreamObserver<SessionResponse> responses) {
            this.answer = answer;
            this.responses = responses;
        }

        @Override
        public void onNext(SessionRequest request) {
            if (request.hasBegin()) {
                begins.add(request.getBegin());
            }
            answer.accept(request, responses);
        }

        @Override
        public void onError(Throwable failure) {
            ends.add("lost");
        }

        @Override
        public void onCompleted() {
            ends.add("closed");
            responses.onCompleted();
        }
    }

    private final class HeaderKeeper implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata sent, ServerCallHandler<Q, A> next) {
            headers.add(sent);
            return Contexts.interceptCall(Context.current(), call, sent, next);
        }
    }

    int port() {
        return server.getPort();
    }

    /** Returns the port of its IPv6 address; its addresses come in no order. */
    int ipv6Port() {
        return server.getListenSockets().stream()
                .map(InetSocketAddress.class::cast)
                .filter(address -> address.getAddress() instanceof Inet6Address)
                .findFirst()
                .orElseThrow()
                .getPort();
    }

    List<Metadata> headers() {
        return headers;
    }

    /** Returns how sessions ended: {@code closed} by the client, or {@code lost}. */
    List<String> ends() {
        return ends;
    }

    List<Begin> begins() {
        return begins;
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
