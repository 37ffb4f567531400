// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * One address of one of the servers to try.
 *
 * @param entry the server
 * @param ip its address, or null for a socket in the file system
 */
record HostAddress(HostEntry entry, @Nullable InetAddress ip) {

    /** Returns what stands before the reason of a failure, in libpq's words. */
    String failurePrefix() {
        InetAddress address = ip;
        if (address == null) {
            return "connection to server on socket \"%s\" failed: ".formatted(entry.socketPath());
        }
        String given = entry.address();
        String shown = given == null ? entry.shownHost() : given;
        String looked = address.getHostAddress();
        boolean lookedUp = given == null && !looked.equals(shown);
        return "connection to server at \"%s\"%s, port %d failed: "
                .formatted(shown, lookedUp ? " (" + looked + ")" : "", entry.port());
    }

    /** Returns the question that libpq asks after a refused connection. */
    String hint() {
        return ip == null
                ? "\n\tIs the server running locally and accepting connections on that socket?"
                : "\n\tIs the server running on that host and accepting TCP/IP connections?";
    }
}
