// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.walcast.transport.Outbound;
import io.walcast.transport.WalChunk;
import io.walcast.transport.WalStream;
import io.walcast.transport.grpc.v1.CopyDone;
import io.walcast.transport.grpc.v1.Keepalive;
import io.walcast.transport.grpc.v1.SessionResponse;
import io.walcast.transport.grpc.v1.Shutdown;

/**
 * Pulls from a stream while the peer can take more, and sends what it gets. Confined to the call's turns.
 */
final class StreamPump implements Outbound.Handler {
    private static final int MOST_PAYLOAD_BYTES = 128 << 10;
    private static final int OUTBOUNDS_PER_TURN = 16;

    private final SessionCall call;
    private final SessionOutlet outlet;
    private final WalStream stream;
    private boolean isOpen = true;
    private boolean isDone;
    private boolean isAgainPending;

    StreamPump(SessionCall call, SessionOutlet outlet, WalStream stream) {
        this.call = call;
        this.outlet = outlet;
        this.stream = stream;
    }

    /** Returns whether CopyDone was sent. */
    boolean isDone() {
        return isDone;
    }

    /** Asks the stream for nothing more. */
    void stop() {
        isOpen = false;
    }

    /** Sends what there is, as far as the peer can take it; {@code again} is for what is left when others had their turn. */
    void pump(Runnable again) {
        for (int sent = 0; isOpen && outlet.hasRoom(); sent++) {
            if (sent == OUTBOUNDS_PER_TURN) {
                goOnLater(again);
                return;
            }
            Outbound next = stream.next(MOST_PAYLOAD_BYTES);
            if (next == null) {
                return;
            }
            next.dispatchTo(this);
        }
    }

    private void goOnLater(Runnable again) {
        if (!isAgainPending) {
            isAgainPending = true;
            call.run(() -> {
                isAgainPending = false;
                again.run();
            });
        }
    }

    @Override
    public void onWalChunk(WalChunk chunk) {
        outlet.send(chunk);
    }

    @Override
    public void onKeepalive(Outbound.Keepalive keepalive) {
        outlet.send(SessionResponse.newBuilder()
                .setKeepalive(Keepalive.newBuilder()
                        .setWalEnd(keepalive.walEnd().value())
                        .setSentAt(keepalive.sentAt().micros())
                        .setReplyRequested(keepalive.replyRequested())));
    }

    @Override
    public void onCopyDone(Outbound.CopyDone copyDone) {
        isOpen = false;
        isDone = true;
        outlet.send(SessionResponse.newBuilder().setCopyDone(CopyDone.getDefaultInstance()));
    }

    @Override
    public void onShutdown(Outbound.Shutdown shutdown) {
        isOpen = false;
        outlet.send(SessionResponse.newBuilder().setShutdown(Shutdown.getDefaultInstance()));
        call.leave();
    }
}
