// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.ClientCall;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.transport.grpc.v1.SessionRequest;
import io.walcast.transport.grpc.wire.StandbyMessages;
import org.jspecify.annotations.Nullable;

/**
 * The place where a status update and a feedback message wait for room, one of each: a newer one takes the place of one
 * that was not yet sent. All that is sent goes through here, as a call takes one message at a time.
 *
 * <p>Threading: {@link #offer} and {@link #sendAfterPending} by the owner, {@link #onReady} by gRPC, {@link #close} by any
 * thread.
 */
final class StandbySender {
    private final Object lock = new Object();
    private final ClientCall<SessionRequest, ?> call;

    @GuardedBy("lock")
    private @Nullable StatusUpdate status;

    @GuardedBy("lock")
    private @Nullable HotStandbyFeedback feedback;

    @GuardedBy("lock")
    private boolean refused;

    @GuardedBy("lock")
    private boolean closed;

    StandbySender(ClientCall<SessionRequest, ?> call) {
        this.call = call;
    }

    /** Takes {@code message} if there is room for it, or one of its kind to replace while the peer still reads. */
    boolean offer(StandbyMessage message) {
        synchronized (lock) {
            boolean hasRoom = call.isReady();
            if (!hasRoom && (status != null || feedback != null)) {
                refused = true;
                return false;
            }
            message.dispatchTo(new Taker());
            if (hasRoom) {
                sendWaiting();
            }
            return true;
        }
    }

    private final class Taker implements StandbyMessage.Handler {
        @Override
        @SuppressWarnings("GuardedBy") // called within offer
        public void onStatusUpdate(StatusUpdate update) {
            status = newer(status, update);
        }

        @Override
        @SuppressWarnings("GuardedBy") // called within offer
        public void onHotStandbyFeedback(HotStandbyFeedback newest) {
            feedback = newest;
        }
    }

    /** A request for a reply outlives the message that made it. */
    private static StatusUpdate newer(@Nullable StatusUpdate waiting, StatusUpdate update) {
        if (waiting == null || !waiting.replyRequested() || update.replyRequested()) {
            return update;
        }
        return new StatusUpdate(update.write(), update.flush(), update.apply(), update.sentAt(), true);
    }

    /** There is room again; returns whether the owner wanted to know. */
    boolean onReady() {
        synchronized (lock) {
            if (call.isReady()) {
                sendWaiting();
            }
            boolean wanted = refused;
            refused = false;
            return wanted;
        }
    }

    @GuardedBy("lock")
    private void sendWaiting() {
        StatusUpdate update = status;
        HotStandbyFeedback newest = feedback;
        status = null;
        feedback = null;
        if (update != null && !closed) {
            call.sendMessage(StandbyMessages.request(update));
        }
        if (newest != null && !closed) {
            call.sendMessage(StandbyMessages.request(newest));
        }
    }

    /** Sends {@code request} behind whatever waits here. */
    void sendAfterPending(SessionRequest request) {
        synchronized (lock) {
            sendWaiting();
            if (!closed) {
                call.sendMessage(request);
            }
        }
    }

    /** Says that nothing more will be sent. */
    void close() {
        synchronized (lock) {
            if (!closed) {
                closed = true;
                call.halfClose();
            }
        }
    }
}
