// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

/**
 * A way for receivers to reach this server: the sending end of a transport. PostgreSQL has no counterpart, its walsender
 * speaks libpq's protocol only ({@code backend/libpq}, {@code backend/tcop}).
 *
 * <p>A transport module has at most one, public, with a public no-argument constructor that does nothing, named in
 * {@code META-INF/services/io.walcast.transport.WalSenderTransport}. Implementations keep no state and are thread-safe.
 */
public interface WalSenderTransport {

    /**
     * The version of this end of the API; a transport built against another one is refused. It is raised when a transport that
     * was compiled before could not work any more, and for nothing else.
     */
    int API_VERSION = 1;

    /** Returns the {@link #API_VERSION} this transport was built against: write the constant, it is compiled in. */
    int apiVersion();

    /** Returns the name to select it by: lower case, constant, the same as the receiving end's. */
    String name();

    /**
     * Binds the address and serves from then on.
     *
     * @throws io.walcast.core.error.ConfigurationException if the TLS files cannot be used
     * @throws io.walcast.core.error.ConnectionException if the address cannot be bound
     */
    Listener listen(ListenOptions options, ReplicationService service);
}
