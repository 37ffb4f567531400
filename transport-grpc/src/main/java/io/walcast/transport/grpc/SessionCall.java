// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.WalException;
import io.walcast.ipc.Cancellation;
import io.walcast.ipc.Latch;
import io.walcast.transport.client.Deadline;
import io.walcast.transport.client.OwnerGate;
import io.walcast.transport.grpc.v1.SessionRequest;
import io.walcast.transport.grpc.wire.ReceivedFrame;
import io.walcast.transport.grpc.wire.SessionMethod;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one session, between gRPC's thread and its owner.
 *
 * <p>Threading: {@link #poll}, {@link #await}, {@link #checkMayGoOn}, {@link #send} by the owner; the {@code on} methods by
 * gRPC, one at a time; the rest by any thread.
 */
final class SessionCall extends ClientCall.Listener<ReceivedFrame> {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(1);

    private final ManagedChannel channel;
    private final ClientCall<SessionRequest, ReceivedFrame> call;
    private final Latch ownerLatch;
    private final Cancellation cancellation;
    private final FrameCredit credit;
    private final StandbySender standbySender;
    private final Latch arrived = new Latch();
    private final Latch over = new Latch();
    private final Queue<ReceivedFrame> input = new ConcurrentLinkedQueue<>();

    // Written by gRPC, read by the owner.
    private volatile @Nullable CallEnd end;
    // Written by the closing thread, read by all.
    private volatile boolean closed;

    /** How a call ended. */
    private record CallEnd(Status status, Metadata trailers) {}

    SessionCall(ManagedChannel channel, int budgetBytes, Latch ownerLatch, Cancellation cancellation) {
        this.channel = channel;
        this.ownerLatch = ownerLatch;
        this.cancellation = cancellation;
        this.credit = new FrameCredit(budgetBytes);
        this.call = channel.newCall(SessionMethod.CALLED, CallOptions.DEFAULT);
        this.standbySender = new StandbySender(call);
    }

    void start(Metadata headers) {
        call.start(this, headers);
        ask();
    }

    private void ask() {
        int more = credit.more();
        if (more > 0) {
            call.request(more);
        }
    }

    StandbySender standbySender() {
        return standbySender;
    }

    /** Takes the next message, or null if none is there; the caller releases it. */
    @Nullable
    ReceivedFrame poll() {
        ReceivedFrame frame = input.poll();
        if (frame != null) {
            credit.taken(bytes(frame));
            ask();
        }
        return frame;
    }

    private static int bytes(ReceivedFrame frame) {
        return frame instanceof ReceivedFrame.Wal wal
                ? wal.length()
                : ((ReceivedFrame.Message) frame).response().getSerializedSize();
    }

    @Override
    public void onMessage(ReceivedFrame frame) {
        credit.arrived(bytes(frame));
        input.add(frame);
        if (closed) {
            dropInput();
        }
        wake();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        end = new CallEnd(status, trailers);
        over.set();
        wake();
    }

    @Override
    public void onReady() {
        if (standbySender.onReady()) {
            ownerLatch.set();
        }
    }

    void wake() {
        arrived.set();
        ownerLatch.set();
    }

    /** Returns whether everything that came has been taken and nothing more will come. */
    boolean isDry() {
        return end != null && input.isEmpty();
    }

    /** Returns what is known of the connection below the call: once something came over it. */
    Attributes attributes() {
        return call.getAttributes();
    }

    /** Returns the error for a call that ended without being asked to: the server's last word, if it had one. */
    WalException lost() {
        CallEnd ended = end;
        if (closed || ended == null) {
            return OwnerGate.closedException();
        }
        return StatusErrors.of(ended.status(), ended.trailers());
    }

    /** Forgets earlier arrivals; call before looking for input, never after. */
    void resetArrival() {
        arrived.reset();
    }

    /** Waits for an arrival, under the conditions of {@link #checkMayGoOn}. */
    void await(Deadline deadline, String what) {
        checkMayGoOn(deadline, what);
        arrived.await(deadline.leftNs());
        checkMayGoOn(deadline, what);
    }

    /**
     * Returns normally as long as the owner may go on. To be called once for each message, too: a server that always has
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

    /** Sends, behind whatever waits to be sent. */
    void send(SessionRequest request) {
        standbySender.sendAfterPending(request);
    }

    /**
     * Ends call and connection; what nobody took is dropped. The server is told first, and has a second to end its side, so
     * that it does not take this for a lost connection. Called once, and not by gRPC.
     */
    void close() {
        closed = true;
        wake();
        dropInput();
        standbySender.close();
        call.request(Integer.MAX_VALUE); // the server's end comes behind all that it sent
        over.await(PATIENCE_NS);
        drop();
    }

    /** As {@link #close}, but for a session that has not begun: nobody is told. */
    void drop() {
        closed = true;
        standbySender.close();
        call.cancel("closed by the receiver", null);
        call.request(Integer.MAX_VALUE); // what gRPC holds back until it is asked for would be lost with its buffers
        channel.shutdownNow();
        dropInput();
        wake();
    }

    /** Releases what nobody took. */
    private void dropInput() {
        for (ReceivedFrame frame = input.poll(); frame != null; frame = input.poll()) {
            frame.release();
        }
    }
}
