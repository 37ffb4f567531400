// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.grpc;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.walcast.core.error.ConnectionException;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.Listener;
import io.walcast.transport.ReplicationService;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A gRPC server whose calls are sessions. Safe for use from any thread. */
final class GrpcListener implements Listener, ServerCallHandler<byte[], byte[]> {
    private static final int WINDOW_BYTES = 128 << 10;
    private static final int THREADS = 3;
    private static final long PATIENCE_S = 30;

    private final ListenOptions options;
    private final ReplicationService service;
    private final Set<ServedCall> calls = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
        Thread thread = new Thread(task, "walcast-grpc-sender");
        thread.setDaemon(true);
        return thread;
    });
    private final Server server;

    private GrpcListener(ListenOptions options, ReplicationService service) {
        this.options = options;
        this.service = service;
        this.server = NettyServerBuilder.forAddress(options.address())
                .directExecutor()
                .flowControlWindow(WINDOW_BYTES)
                .addService(ServerServiceDefinition.builder("walcast.Replication")
                        .addMethod(Frames.SESSION, this)
                        .build())
                .build();
    }

    static GrpcListener listen(ListenOptions options, ReplicationService service) {
        GrpcListener listener = new GrpcListener(options, service);
        try {
            listener.server.start();
        } catch (IOException e) {
            listener.threads.shutdown();
            throw new ConnectionException("could not listen at " + options.address(), e);
        }
        return listener;
    }

    @Override
    public ServerCall.Listener<byte[]> startCall(ServerCall<byte[], byte[]> call, Metadata headers) {
        call.setOnReadyThreshold(options.limits().sendBufferBytes());
        boolean isOneTooMany = calls.size() >= options.limits().connections();
        ServedCall served = new ServedCall(call, new Turns(threads), service, isOneTooMany, calls::remove);
        calls.add(served);
        call.sendHeaders(new Metadata());
        call.request(1);
        return served;
    }

    @Override
    public InetSocketAddress address() {
        return (InetSocketAddress) server.getListenSockets().get(0);
    }

    @Override
    public void reload() {
        // no TLS files
    }

    @Override
    public void stopAccepting() {
        server.shutdown();
    }

    @Override
    public void close() {
        stopAccepting();
        List<CompletableFuture<Void>> told =
                calls.stream().map(ServedCall::listenerClosed).toList();
        CompletableFuture.allOf(told.toArray(CompletableFuture[]::new))
                .orTimeout(PATIENCE_S, TimeUnit.SECONDS)
                .join();
        server.shutdownNow();
        threads.shutdown();
    }
}
