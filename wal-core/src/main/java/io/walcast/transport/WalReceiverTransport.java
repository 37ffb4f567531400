// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

/**
 * A way to reach a sending server: what PostgreSQL's walreceiver loads as {@code WalReceiverFunctionsType}.
 *
 * <p>A transport module has exactly one, public, with a public no-argument constructor that does nothing, named in
 * {@code META-INF/services/io.walcast.transport.WalReceiverTransport}.
 *
 * <p>Implementations keep no state and are thread-safe; the connections they make have one owner thread each.
 */
public interface WalReceiverTransport {

    /**
     * The version of this end of the API; a transport built against another one is refused. It is raised when a transport that
     * was compiled before could not work any more, and for nothing else.
     */
    int API_VERSION = 1;

    /** Returns the {@link #API_VERSION} this transport was built against: write the constant, it is compiled in. */
    int apiVersion();

    /** Returns the name to select it by: lower case, constant, for example {@code libpq}. */
    String name();

    /** Returns whether {@code conninfo} is written in this transport's form; exactly one transport may say so. */
    boolean claims(String conninfo);

    /**
     * Checks {@code conninfo} without connecting.
     *
     * @throws io.walcast.core.error.ConfigurationException if it cannot be used; secrets are not repeated
     */
    void checkConninfo(String conninfo);

    /** Returns {@code conninfo} fit for display: secrets as asterisks, debugging options left out. */
    String displayConninfo(String conninfo);

    /**
     * Connects and authenticates; blocks until done, deadline or cancellation. The calling thread becomes the owner.
     *
     * @throws io.walcast.core.error.ConfigurationException if the conninfo or a file it names cannot be used
     * @throws io.walcast.core.error.ConnectionException if no server can be reached or trusted
     * @throws io.walcast.core.error.ServerErrorException if the server refuses
     * @throws io.walcast.core.error.CanceledException if {@link ConnectOptions#cancellation} asked for it
     */
    WalReceiverConnection connect(ConnectOptions options);
}
