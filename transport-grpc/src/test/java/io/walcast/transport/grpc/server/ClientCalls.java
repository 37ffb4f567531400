// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.walcast.transport.grpc.v1.ReplicationGrpc;
import io.walcast.transport.grpc.v1.SessionRequest;
import io.walcast.transport.grpc.v1.SessionResponse;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one session, which reads only when it is asked. What is sent is bytes, so that it can be anything.
 *
 * <p>Threading: one owner thread sends and polls; {@link #cut} from any.
 */
final class ClientCalls extends ClientCall.Listener<SessionResponse> {
    private static final MethodDescriptor<byte[], SessionResponse> SESSION =
            ReplicationGrpc.getSessionMethod().toBuilder(
                            new Bytes(), ReplicationGrpc.getSessionMethod().getResponseMarshaller())
                    .build();

    private final Object lock = new Object();
    private final ManagedChannel channel;
    private final ClientCall<byte[], SessionResponse> call;

    @GuardedBy("lock")
    private final Deque<SessionResponse> responses = new ArrayDeque<>();

    @GuardedBy("lock")
    private boolean isRequested;

    @GuardedBy("lock")
    private @Nullable End end;

    /** How a call has ended. */
    record End(Status status, Metadata trailers) {}

    /** Begins a call; the channel is its own from now on. */
    ClientCalls(ManagedChannel channel, Metadata headers) {
        this.channel = channel;
        this.call = channel.newCall(SESSION, CallOptions.DEFAULT);
        call.start(this, headers);
    }

    void send(SessionRequest request) {
        send(request.toByteArray());
    }

    void send(byte[] message) {
        call.sendMessage(message);
    }

    /** Returns the next message, or null if none comes within {@code limit}, or will: see {@link #end}. */
    @Nullable
    SessionResponse poll(Duration limit) {
        long deadlineNs = System.nanoTime() + limit.toNanos();
        synchronized (lock) {
            if (!isRequested && end == null && responses.isEmpty()) {
                isRequested = true;
                call.request(1);
            }
            while (responses.isEmpty() && end == null) {
                long leftNs = deadlineNs - System.nanoTime();
                if (leftNs <= 0) {
                    return null;
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(lock, leftNs);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return null;
                }
            }
            return responses.poll();
        }
    }

    /** Returns how the call has ended; null as long as it has not, or a message is left. */
    @Nullable
    End end() {
        synchronized (lock) {
            return responses.isEmpty() ? end : null;
        }
    }

    void terminate() {
        call.halfClose();
        channel.shutdown();
    }

    void cut() {
        call.cancel("cut", null);
        channel.shutdownNow();
    }

    @Override
    public void onMessage(SessionResponse response) {
        synchronized (lock) {
            responses.add(response);
            isRequested = false;
            lock.notifyAll();
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        synchronized (lock) {
            end = new End(status, trailers);
            lock.notifyAll();
        }
    }

    /** Messages are bytes. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            throw new UnsupportedOperationException("a client does not receive what it sends");
        }
    }
}
