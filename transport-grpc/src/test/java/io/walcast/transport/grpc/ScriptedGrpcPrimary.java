// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.walcast.testkit.transport.PrimaryScript;
import io.walcast.testkit.transport.PrimaryService;
import io.walcast.transport.grpc.v1.ReplicationGrpc;
import io.walcast.transport.grpc.v1.SessionRequest;
import io.walcast.transport.grpc.wire.Compression;
import io.walcast.transport.grpc.wire.SentFrame;
import io.walcast.transport.grpc.wire.SessionMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A primary that follows a script behind gRPC, with nothing of our own sending end. Safe for use from any thread. */
final class ScriptedGrpcPrimary implements AutoCloseable {
    private static final int WINDOW_BYTES = 128 << 10;
    private static final int THREADS = 3;

    private final PrimaryService service;
    private final List<Metadata> headers = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
        Thread thread = new Thread(task, "walcast-scripted-primary");
        thread.setDaemon(true);
        return thread;
    });
    private final Server server;

    private ScriptedGrpcPrimary(
            PrimaryScript script, UnaryOperator<NettyServerBuilder> change, @Nullable String compression) {
        this.service = new PrimaryService(script);
        this.server = change.apply(NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .directExecutor()
                        .compressorRegistry(Compression.compressors(true))
                        .flowControlWindow(WINDOW_BYTES)
                        .addService(ServerServiceDefinition.builder(ReplicationGrpc.SERVICE_NAME)
                                .addMethod(SessionMethod.SERVED, (call, sent) -> startCall(call, sent, compression))
                                .build()))
                .build();
    }

    /** Starts one. */
    static ScriptedGrpcPrimary start(
            PrimaryScript script, UnaryOperator<NettyServerBuilder> change, @Nullable String compression) {
        ScriptedGrpcPrimary primary = new ScriptedGrpcPrimary(script, change, compression);
        try {
            primary.server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return primary;
    }

    private ServerCall.Listener<SessionRequest> startCall(
            ServerCall<SessionRequest, SentFrame> call, Metadata sent, @Nullable String compression) {
        headers.add(sent);
        if (compression != null) {
            call.setCompression(compression);
        }
        call.sendHeaders(new Metadata());
        call.request(1);
        return new ServedCall(call, new Turns(threads), service);
    }

    int port() {
        return server.getPort();
    }

    /** Returns what came in front of each session. */
    List<Metadata> headers() {
        return headers;
    }

    @Override
    public void close() {
        service.close();
        server.shutdownNow();
        threads.shutdown();
    }
}
