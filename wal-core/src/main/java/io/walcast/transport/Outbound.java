// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;

/** Something to send to a peer that streams. */
public sealed interface Outbound permits WalChunk, Outbound.Keepalive, Outbound.CopyDone, Outbound.Shutdown {

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
    }

    /** Nothing more comes in this stream; the session goes on when the peer has said the same. */
    record CopyDone() implements Outbound {}

    /** The server is shutting down and the peer has confirmed all of it: {@code CommandComplete COPY 0}, then close. */
    record Shutdown() implements Outbound {}
}
