// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.core.protocol.StandbyMessage.HotStandbyFeedback;
import io.walcast.core.protocol.StandbyMessage.StatusUpdate;
import io.walcast.ipc.Latch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The place where a status update and a feedback message wait for room in the socket, one of each: a newer one takes
 * the place of one that was not yet written.
 *
 * <p>Threading: {@link #offer} and {@link #sendAfterPending} by the owner, {@link #onWritable} by the event loop.
 */
final class StandbySender {
    private final Channel channel;
    private final Latch ownerLatch;
    private final AtomicReference<@Nullable StatusUpdate> status = new AtomicReference<>();
    private final AtomicReference<@Nullable HotStandbyFeedback> feedback = new AtomicReference<>();

    private final AtomicBoolean scheduled = new AtomicBoolean();

    StandbySender(Channel channel, Latch ownerLatch) {
        this.channel = channel;
        this.ownerLatch = ownerLatch;
    }

    /** Takes {@code message} if there is room for it, or one of its kind to replace while the peer still reads. */
    boolean offer(StandbyMessage message) {
        if (isWaiting() && !channel.isWritable()) {
            return false;
        }
        message.dispatchTo(new StandbyMessage.Handler() {
            @Override
            public void onStatusUpdate(StatusUpdate update) {
                status.getAndUpdate(waiting -> newer(waiting, update));
            }

            @Override
            public void onHotStandbyFeedback(HotStandbyFeedback newest) {
                feedback.set(newest);
            }
        });
        if (scheduled.compareAndSet(false, true)) {
            Wire.onLoop(channel, this::writeScheduled);
        }
        return true;
    }

    /** A request for a reply outlives the message that made it. */
    private static StatusUpdate newer(@Nullable StatusUpdate waiting, StatusUpdate update) {
        if (waiting == null || !waiting.replyRequested() || update.replyRequested()) {
            return update;
        }
        return new StatusUpdate(update.write(), update.flush(), update.apply(), update.sentAt(), true);
    }

    private boolean isWaiting() {
        return status.get() != null || feedback.get() != null;
    }

    void onWritable() {
        writeIfWritable();
        ownerLatch.set();
    }

    private void writeScheduled() {
        scheduled.set(false);
        writeIfWritable();
    }

    private void writeIfWritable() {
        if (channel.isWritable() && isWaiting()) {
            writeWaiting();
            channel.flush();
        }
    }

    private void writeWaiting() {
        StatusUpdate update = status.getAndSet(null);
        if (update != null) {
            channel.write(FrontendMessages.copyData(channel.alloc(), update));
        }
        HotStandbyFeedback newest = feedback.getAndSet(null);
        if (newest != null) {
            channel.write(FrontendMessages.copyData(channel.alloc(), newest));
        }
    }

    /** Sends {@code buffer} behind whatever waits here. */
    void sendAfterPending(ByteBuf buffer) {
        Wire.onLoop(channel, () -> {
            writeWaiting();
            channel.writeAndFlush(buffer);
        });
    }
}
