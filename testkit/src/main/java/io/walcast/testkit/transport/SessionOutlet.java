// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import io.walcast.testkit.standby.FromServer;
import io.walcast.transport.WalChunk;

/** Where a {@link ServedSession} sends to. Called on the session's turns, one at a time; nothing blocks. */
public interface SessionOutlet {

    /** Sends a message, whether there is room or not. */
    void send(FromServer message);

    /** Sends a chunk, and closes it when that is done or will not be. */
    void send(WalChunk chunk);

    /** Returns whether the peer can take more of a stream; when that changes, {@link ServedSession#wake} is called. */
    boolean hasRoom();

    /** Ends the connection when all is sent that was given. */
    void finish();
}
