// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.ssl.SslHandler;
import io.walcast.core.error.ConnectionException;
import io.walcast.ipc.Cancellation;
import io.walcast.ipc.Latch;
import io.walcast.transport.client.Deadline;
import io.walcast.transport.client.OwnerGate;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one connection, between its event loop and its owner thread.
 *
 * <p>The event loop puts what it read into a queue; when the window is full it stops reading, and goes on when half of
 * it has been consumed. The owner takes buffers out, parses them and waits here for more.
 *
 * <p>Threading: {@link #poll}, {@link #consumed}, {@link #await}, {@link #checkMayGoOn} by the owner; the {@code on} methods by the event loop;
 * the rest by any thread.
 */
final class Wire {
    private final Channel channel;
    private final Latch ownerLatch;
    private final Cancellation cancellation;
    private final long windowBytes;
    private final long headroomBytes;
    private final Latch arrived = new Latch();
    private final Queue<ByteBuf> input = new ConcurrentLinkedQueue<>();
    private final AtomicLong bufferedBytes = new AtomicLong();
    private final StandbySender standbySender;

    // Written by the event loop before `ended`, read by the owner after it.
    private @Nullable Throwable failure;
    // Written by the event loop, read by the owner.
    private volatile boolean ended;
    // Written by the event loop and by the owner through it; read by both.
    private volatile boolean paused;
    // Written by the closing thread, read by all.
    private volatile boolean closed;

    Wire(Channel channel, Latch ownerLatch, Cancellation cancellation, int windowBytes) {
        this.channel = channel;
        this.ownerLatch = ownerLatch;
        this.cancellation = cancellation;
        this.windowBytes = windowBytes;
        this.headroomBytes = readBufferBytes(windowBytes);
        this.standbySender = new StandbySender(channel, ownerLatch);
    }

    /** Returns how much is read at once: 256 KB, or half of a small window. */
    static int readBufferBytes(int windowBytes) {
        return Math.min(256 << 10, Integer.highestOneBit(windowBytes) / 2);
    }

    StandbySender standbySender() {
        return standbySender;
    }

    /** Takes the next buffer, or null if none is there; the caller releases it and then says {@link #consumed}. */
    @Nullable
    ByteBuf poll() {
        return input.poll();
    }

    /** The owner released a buffer of that capacity. */
    void consumed(int capacity) {
        long left = bufferedBytes.addAndGet(-capacity);
        if (paused && left <= windowBytes / 2) {
            onLoop(channel, this::resumeIfDrained);
        }
    }

    private void resumeIfDrained() {
        if (paused && bufferedBytes.get() <= windowBytes / 2) {
            paused = false;
            channel.config().setAutoRead(true);
        }
    }

    void onRead(ByteBuf buffer) {
        if (closed) {
            buffer.release();
            return;
        }
        ByteBuf kept = compact(buffer);
        long total = bufferedBytes.addAndGet(kept.capacity());
        input.add(kept);
        if (closed) {
            dropInput();
        } else if (!paused
                && total + headroomBytes > windowBytes
                && channel.config().isAutoRead()) {
            channel.config().setAutoRead(false);
            paused = true;
            resumeIfDrained();
        }
    }

    /** A small piece in a large read buffer would hold much more memory than the window says. */
    private static ByteBuf compact(ByteBuf buffer) {
        int readable = buffer.readableBytes();
        if (readable > buffer.capacity() / 16) {
            return buffer;
        }
        try {
            return buffer.alloc().directBuffer(readable, readable).writeBytes(buffer);
        } finally {
            buffer.release();
        }
    }

    void onReadComplete() {
        wake();
    }

    void onWritable() {
        standbySender.onWritable();
    }

    void onFailure(Throwable cause) {
        if (failure == null && !ended) {
            failure = cause;
        }
        channel.close();
    }

    void onEnd() {
        ended = true;
        wake();
    }

    void wake() {
        arrived.set();
        ownerLatch.set();
    }

    /** Returns whether everything that came has been taken and nothing more will come. */
    boolean isDry() {
        return ended && input.isEmpty();
    }

    boolean isClosed() {
        return closed;
    }

    /** Returns the error for a connection that ended without being asked to. */
    ConnectionException lost() {
        if (closed) {
            return OwnerGate.closedException();
        }
        Throwable cause = failure;
        return cause == null
                ? new ConnectionException("server closed the connection unexpectedly", null)
                : NetworkErrors.lost(cause);
    }

    /** Forgets earlier arrivals; call before looking for input, never after. */
    void resetArrival() {
        arrived.reset();
    }

    /**
     * Waits for an arrival, under the conditions of {@link #checkMayGoOn}.
     */
    void await(Deadline deadline, String what) {
        checkMayGoOn(deadline, what);
        arrived.await(deadline.leftNs());
        checkMayGoOn(deadline, what);
    }

    /**
     * Returns normally as long as the owner may go on. To be called once for each frame, too: a server that always has
     * another one must not keep the owner busy for ever.
     *
     * @throws io.walcast.core.error.CanceledException if that was asked for
     * @throws ConnectionException if the connection is closed here, or {@code deadline} passed
     */
    void checkMayGoOn(Deadline deadline, String what) {
        cancellation.check(what);
        if (closed) {
            throw OwnerGate.closedException();
        }
        if (deadline.hasPassed()) {
            throw new ConnectionException(what + ": timeout expired", null);
        }
    }

    /** Sends; the wire releases {@code buffer} in every case. */
    void send(ByteBuf buffer) {
        standbySender.sendAfterPending(buffer);
    }

    /** Reads once and then not again, so that nothing behind the answer to SSLRequest is taken in. */
    void readOnce() {
        channel.read();
    }

    void readOn() {
        channel.config().setAutoRead(true);
    }

    /** Puts TLS between the socket and the queue, and starts the handshake. */
    void startTls(SslHandler tls) {
        tls.handshakeFuture().addListener(done -> wake());
        onLoop(channel, () -> {
            channel.pipeline().addFirst(tls);
            channel.config().setAutoRead(true);
        });
    }

    /** Runs {@code work} on the channel's event loop, unless that has ended: then the connection was closed meanwhile. */
    static void onLoop(Channel channel, Runnable work) {
        try {
            channel.eventLoop().execute(work);
        } catch (RejectedExecutionException e) {
            assert !channel.isOpen();
        }
    }

    Channel channel() {
        return channel;
    }

    /** Ends the connection, politely with {@code goodbye} if there is one. */
    void close(@Nullable ByteBuf goodbye) {
        closed = true;
        dropInput(); // what came since the owner's buffers were let go; onRead keeps nothing from here on
        if (goodbye != null) {
            channel.writeAndFlush(goodbye);
        }
        ChannelFuture closing = channel.close();
        if (!channel.eventLoop().inEventLoop()) {
            closing.awaitUninterruptibly(1, TimeUnit.SECONDS);
        }
        wake();
    }

    /** Releases what nobody took. */
    void dropInput() {
        for (ByteBuf buffer = input.poll(); buffer != null; buffer = input.poll()) {
            buffer.release();
        }
    }
}
