// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import io.walcast.transport.ConnectOptions.PasswordPrompt;
import io.walcast.transport.ConnectOptions.Policy;
import io.walcast.transport.WalReceiverTransport;
import org.jspecify.annotations.Nullable;

/**
 * The server to connect to, and the way there.
 *
 * @param conninfo checked; may hold secrets
 * @param transport the transport it is written for
 * @param policy how strict to be with it
 * @param prompt asked for a password that is not known, or null
 */
record PrimaryAddress(
        String conninfo,
        WalReceiverTransport transport,
        Policy policy,
        @Nullable PasswordPrompt prompt) {

    /** Returns what may be shown. */
    @Override
    public String toString() {
        return transport.name() + " " + transport.displayConninfo(conninfo);
    }
}
