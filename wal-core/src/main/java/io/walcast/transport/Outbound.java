// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;

/** Something to send to a peer that streams. */
public sealed interface Outbound permits WalChunk, Outbound.Keepalive, Outbound.CopyDone, Outbound.Shutdown {

    /** Calls the one method of {@code handler} that takes this type. */
    void dispatchTo(Handler handler);

    /**
     * A sign of life.
     *
     * @param walEnd what was sent so far
     * @param sentAt our clock
     * @param replyRequested whether a status update is wanted at once
     */
    record Keepalive(Lsn walEnd, PgTimestamp sentAt, boolean replyRequested) implements Outbound {
        public Keepalive {
            requireNonNull(walEnd, "walEnd");
            requireNonNull(sentAt, "sentAt");
        }

        @Override
        public void dispatchTo(Handler handler) {
            handler.onKeepalive(this);
        }
    }

    /** Nothing more comes in this stream; the session goes on when the peer has said the same. */
    record CopyDone() implements Outbound {
        @Override
        public void dispatchTo(Handler handler) {
            handler.onCopyDone(this);
        }
    }

    /** The server is shutting down and the peer has confirmed all of it: {@code CommandComplete COPY 0}, then close. */
    record Shutdown() implements Outbound {
        @Override
        public void dispatchTo(Handler handler) {
            handler.onShutdown(this);
        }
    }

    /** One method per permitted type, so that a new one breaks every handler at compile time. */
    interface Handler {
        /** Takes WAL, which the handler gives back. */
        void onWalChunk(WalChunk chunk);

        /** Takes a sign of life. */
        void onKeepalive(Keepalive keepalive);

        /** Takes the end of our direction. */
        void onCopyDone(CopyDone copyDone);

        /** Takes the end of the connection. */
        void onShutdown(Shutdown shutdown);
    }
}
