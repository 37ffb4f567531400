// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import io.walcast.core.error.ErrorFields;
import io.walcast.transport.SessionPeer;
import io.walcast.walsender.slot.AcquiredSlot;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a stream needs of its session.
 *
 * @param node what all sessions share
 * @param walSnd the session's entry in the table
 * @param peer the session's peer
 * @param chunks where the WAL comes from
 * @param slot what the stream goes through, null for nothing
 * @param timeoutNs {@code wal_sender_timeout} of the session, asked anew each time; 0 for none
 * @param listener told how the stream ends
 */
record StreamContext(
        WalSenderNode node,
        WalSnd walSnd,
        SessionPeer peer,
        WalChunks chunks,
        @Nullable AcquiredSlot slot,
        LongSupplier timeoutNs,
        Listener listener) {
    StreamContext {
        requireNonNull(node, "node");
        requireNonNull(walSnd, "walSnd");
        requireNonNull(peer, "peer");
        requireNonNull(chunks, "chunks");
        requireNonNull(timeoutNs, "timeoutNs");
        requireNonNull(listener, "listener");
    }

    /** Told how a stream ends; one call, once, on the stream's thread. */
    interface Listener {
        /** Tells that the stream cannot go on. */
        void streamFailed(ErrorFields fields);

        /** Tells that both directions are done. */
        void streamEnded(StreamedTimeline timeline);
    }
}
