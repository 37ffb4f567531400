// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import org.jspecify.annotations.Nullable;

/**
 * What is streamed to one peer after {@link Reply#copyBoth}. The transport pulls: a slow peer costs nothing but its own
 * position.
 *
 * <p>Threading: as {@link ReplicationSession}, whose calls it never overlaps with.
 */
public interface WalStream {

    /**
     * Returns what to send next; called when the peer can take more. Never blocks.
     *
     * @param maxBytes most bytes of WAL to hand out; 8192 or more
     * @return null if there is nothing now, or nothing any more: {@link SessionPeer#wake} tells when to ask again
     */
    @Nullable
    Outbound next(int maxBytes);

    /**
     * Tells that the peer has said {@code CopyDone}, once, before or after ours was handed out. If ours was not, it is asked
     * for at once: {@link #next} answers with {@link Outbound.CopyDone}.
     */
    void peerCopyDone();

    /**
     * Tells that both directions are done: {@link Outbound.CopyDone} was handed out and the peer's came, in either order.
     * Called once; nothing else of the stream is called after it. The session completes its {@link Reply}.
     */
    void ended();
}
