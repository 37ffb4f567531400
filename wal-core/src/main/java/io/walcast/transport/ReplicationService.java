// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import io.walcast.auth.AccessRules;

/**
 * What a transport's sending end serves: the walsender role, as a transport sees it.
 *
 * <p>Safe for use from any thread; nothing here blocks.
 */
public interface ReplicationService {

    /** Returns who may connect, and how they must prove it; ask anew for every connection, it may be reloaded. */
    AccessRules access();

    /** Returns the major version this server announces, 14 to 18; it rules the grammar of the commands. */
    int serverMajor();

    /**
     * Begins the session of an authenticated peer.
     *
     * @throws io.walcast.core.error.ServerErrorException with severity FATAL if the peer is refused; tell it and close
     */
    ReplicationSession open(SessionRequest request, SessionPeer peer);

    /** Cancels what the session with that key is doing ({@code CancelRequest}); a key that fits nobody does nothing. */
    void cancel(int pid, CancelKey key);
}
