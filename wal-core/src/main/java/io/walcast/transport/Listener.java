// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import java.net.InetSocketAddress;

/** A bound address. Safe for use from any thread. */
public interface Listener extends AutoCloseable {

    /** Returns the address it is bound to, with the port that was really taken. */
    InetSocketAddress address();

    /**
     * Reads the TLS files of {@code options}, the same ones again or others or none, and takes over what it can of the other
     * parameters; connections made from now on use them, the others go on as they are. Scheme, address, limits and clock stay
     * those it was opened with.
     *
     * @throws io.walcast.core.error.ConfigurationException if they cannot be used; what was in use stays in use
     */
    void reload(ListenOptions options);

    /** Takes no connection from now on; those that are there go on. Idempotent. */
    void stopAccepting();

    /** Stops accepting and cuts what is still connected. Idempotent; when it returns, every session was told. */
    @Override
    void close();
}
