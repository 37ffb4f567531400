// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import io.walcast.core.error.ErrorFields;

/** A session's peer, as the session sees it. Safe for use from any thread; nothing blocks. */
public interface SessionPeer {

    /**
     * Has {@link WalStream#next} called soon, if a stream is open: there may be something to send, or a time has come. It is
     * not called before this returns on the same thread.
     */
    void wake();

    /** Sends a notice ({@code NoticeResponse}); dropped if the peer does not read. */
    void notice(ErrorFields fields);

    /** Reports that a parameter has changed ({@code ParameterStatus}). */
    void parameterChanged(String name, String value);

    /** Sends {@code fields} as the last message, then closes; severity FATAL. */
    void terminate(ErrorFields fields);

    /** Closes without a word, as PostgreSQL does with a peer that is silent for too long. */
    void drop();
}
