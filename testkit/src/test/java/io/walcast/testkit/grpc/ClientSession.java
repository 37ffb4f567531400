// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.core.protocol.StandbyMessageCodec;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one call, on a connection of its own: a stream that is not read would hold up the others of its
 * connection. gRPC reads on as long as fewer bytes wait here than the window.
 *
 * <p>Threading: one owner thread sends and polls; {@link #cut} from any.
 */
final class ClientSession extends ClientCall.Listener<byte[]> {
    private static final int HTTP2_WINDOW_BYTES = 128 << 10;
    private static final int MAX_MESSAGE_BYTES = 16 << 20;

    private final Object lock = new Object();
    private final int windowBytes;
    private final Runnable onChange;
    private final ManagedChannel channel;
    private final ClientCall<byte[], byte[]> call;

    @GuardedBy("lock")
    private final Deque<byte[]> frames = new ArrayDeque<>();

    @GuardedBy("lock")
    private long waitingBytes;

    @GuardedBy("lock")
    private boolean requested;

    @GuardedBy("lock")
    private @Nullable Status ended;

    ClientSession(InetSocketAddress address, int windowBytes, Runnable onChange) {
        this.windowBytes = windowBytes;
        this.onChange = onChange;
        this.channel = NettyChannelBuilder.forAddress(address)
                .usePlaintext()
                .directExecutor()
                .disableRetry()
                .flowControlWindow(HTTP2_WINDOW_BYTES)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .build();
        this.call = channel.newCall(Frames.SESSION, CallOptions.DEFAULT);
        call.start(this, new Metadata());
    }

    void send(byte[] frame) {
        call.sendMessage(frame);
    }

    void send(StandbyMessage message) {
        ByteBuffer body = ByteBuffer.allocate(
                1 + Math.max(StandbyMessageCodec.STATUS_UPDATE_BYTES, StandbyMessageCodec.HOT_STANDBY_FEEDBACK_BYTES));
        body.put((byte) Frames.COPY_DATA);
        StandbyMessageCodec.encode(message, body);
        send(Arrays.copyOf(body.array(), body.position()));
    }

    boolean hasRoom() {
        return call.isReady();
    }

    /** Returns the next message, or null if none comes within {@code limit}, or will: see {@link #hasEnded}. */
    byte @Nullable [] poll(Duration limit) {
        long deadlineNs = System.nanoTime() + limit.toNanos();
        byte[] frame;
        synchronized (lock) {
            requestIfThereIsRoom();
            while (frames.isEmpty() && ended == null) {
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
            frame = frames.poll();
            waitingBytes -= frame == null ? 0 : frame.length;
        }
        return frame;
    }

    @GuardedBy("lock")
    private void requestIfThereIsRoom() {
        if (!requested && ended == null && waitingBytes < windowBytes) {
            requested = true;
            call.request(1);
        }
    }

    boolean hasEnded() {
        synchronized (lock) {
            return ended != null && frames.isEmpty();
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
    public void onMessage(byte[] frame) {
        synchronized (lock) {
            frames.add(frame);
            waitingBytes += frame.length;
            requested = false;
            if (windowBytes > 1) {
                requestIfThereIsRoom();
            }
            lock.notifyAll();
        }
        onChange.run();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        synchronized (lock) {
            ended = status;
            lock.notifyAll();
        }
        onChange.run();
    }

    @Override
    public void onReady() {
        onChange.run();
    }
}
