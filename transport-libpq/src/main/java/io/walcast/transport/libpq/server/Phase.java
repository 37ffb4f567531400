// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.buffer.ByteBuf;
import io.walcast.transport.CloseReason;
import org.jspecify.annotations.Nullable;

/** What a connection does with what its peer sends, at one stage of its life. Confined to the connection's event loop. */
interface Phase {

    /**
     * Takes one message off {@code input}. May move the connection to another phase.
     *
     * @return false if the message is not there in whole, or is not wanted yet; whoever changes that calls
     *     {@link FrontendConnection#proceed}
     */
    boolean take(ByteBuf input);

    /** Returns how many bytes may wait in {@code input} before the socket is read no more. */
    int inputLimit();

    /** Tells that the peer has read enough for more to be sent. */
    default void writable() {}

    /** Returns what to call a message that has begun and never came to its end; null if that is nothing to speak of. */
    default @Nullable String unfinished() {
        return null;
    }

    /** Tells that the connection is gone. */
    default void closed(CloseReason reason) {}
}
